/// What to do next.
#[derive(Serialize, Deserialize, TicketResult)]
#[serde(tag = "kind", content = "of", rename_all = "kebab-case")]
#[result(name = "verdict", check = Verdict::check_notes, strict = true)]
pub(crate) enum Verdict {
    /// It is done.
    Accept,
    Revise {
        /// What to change.
        #[serde(rename = "remarks")]
        #[result(check = check_notes)]
        notes: Vec<Note>,
        #[serde(skip)]
        seen: bool,
    },
    HandOver(#[schemars(length(min = 1))] String),
}

// Expands to:

#[allow(clippy::multiple_bound_locations, dead_code, deprecated, unused_qualifications)]
const _: () = {
    use ::agentwerk::__private as __aw;
    impl __aw::CheckCompanions for Verdict {}
    fn __mirror() -> __aw::Mirror {
        __aw::check_part::<Vec<Note>, Verdict>();
        __aw::check_part::<String, Verdict>();
        #[derive(__aw::schemars::JsonSchema)]
        /// What to do next.
        #[serde(tag = "kind", content = "of", rename_all = "kebab-case")]
        #[schemars(crate = "__aw::schemars")]
        #[schemars(rename = "verdict")]
        enum __VerdictMirror {
            /// It is done.
            Accept,
            Revise {
                /// What to change.
                #[serde(rename = "remarks")]
                notes: Vec<Note>,
                #[serde(skip)]
                seen: bool,
            },
            HandOver(#[schemars(length(min = 1))] String),
        }
        __aw::Mirror::of::<__VerdictMirror>()
    }
    impl __aw::schemars::JsonSchema for Verdict {
        fn schema_name() -> __aw::std::borrow::Cow<'static, str> {
            (__mirror().name)()
        }
        fn schema_id() -> __aw::std::borrow::Cow<'static, str> {
            (__mirror().id)()
        }
        fn inline_schema() -> __aw::std::primitive::bool {
            (__mirror().inline)()
        }
        fn json_schema(
            generator: &mut __aw::schemars::SchemaGenerator,
        ) -> __aw::schemars::Schema {
            (__mirror().schema)(generator)
        }
    }
    impl __aw::TicketResult for Verdict
    where
        for<'__a> Verdict: __aw::AssumedCompanions<'__a>,
    {
        fn strict() -> __aw::std::option::Option<__aw::std::primitive::bool> {
            __aw::std::option::Option::Some(true)
        }
        fn check(&self) -> __aw::std::result::Result<(), __aw::Violations> {
            use __aw::{CheckOther as _, CheckResult as _};
            let mut __found = __aw::Found::default();
            match self {
                Self::Revise { notes: __0, .. } => {
                    __found.at("/of/remarks", (&__aw::Part(__0)).__check());
                    let __checked: __aw::std::result::Result<(), __aw::Violations> = check_notes(
                        __0,
                    );
                    __found.at("/of/remarks", __checked);
                }
                Self::HandOver { 0: __0, .. } => {
                    __found.at("/of", (&__aw::Part(__0)).__check());
                }
                _ => {}
            }
            let __check: fn(&Self) -> __aw::std::result::Result<(), __aw::Violations> = Verdict::check_notes;
            __found.at("", __check(self));
            __found.into_result()
        }
    }
};
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    {
        use ::agentwerk::__private::hints::result::name as _;
        use ::agentwerk::__private::hints::result::check as _;
        use ::agentwerk::__private::hints::result::strict as _;
    }
};
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    {
        use ::agentwerk::__private::hints::result_field::check as _;
    }
};
