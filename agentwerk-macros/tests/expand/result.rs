/// What was found.
#[derive(Serialize, Deserialize, TicketResult)]
struct Report {
    /// A headline.
    title: String,
}

// Expands to:

#[allow(clippy::multiple_bound_locations, dead_code, deprecated, unused_qualifications)]
const _: () = {
    use ::agentwerk::__private as __aw;
    impl __aw::CheckCompanions for Report {}
    fn __mirror() -> __aw::Mirror {
        __aw::check_part::<String, Report>();
        #[derive(__aw::schemars::JsonSchema)]
        /// What was found.
        #[schemars(crate = "__aw::schemars")]
        #[schemars(rename = "Report")]
        struct __ReportMirror {
            /// A headline.
            title: String,
        }
        __aw::Mirror::of::<__ReportMirror>()
    }
    impl __aw::schemars::JsonSchema for Report {
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
    impl __aw::TicketResult for Report
    where
        for<'__a> Report: __aw::AssumedCompanions<'__a>,
    {
        fn check(&self) -> __aw::std::result::Result<(), __aw::Violations> {
            use __aw::{CheckOther as _, CheckResult as _};
            let mut __found = __aw::Found::default();
            match self {
                Self { title: __0, .. } => {
                    __found.at("/title", (&__aw::Part(__0)).__check());
                }
            }
            __found.into_result()
        }
    }
};
