/// One page of a longer list.
#[derive(Serialize, Deserialize, TicketResult)]
#[allow(clippy::zero_sized_map_values)]
#[serde(default, rename_all = "camelCase")]
#[result(crate = engine::agentwerk, maps = entries, strict = false)]
struct Page<T: Clone = String, const N: usize = 3>
where
    T: PartialEq,
{
    #[garde(length(max = Self::ENTRIES_MAX))]
    entries: Vec<T>,
    next_page: Option<Box<Self>>,
    sizes: BTreeMap<String, [u64; N]>,
    #[serde(with = "hex")]
    #[schemars(with = "String")]
    digest: Digest,
    #[serde(flatten)]
    author: Author,
}

// Expands to:

#[allow(clippy::zero_sized_map_values)]
#[allow(clippy::multiple_bound_locations, dead_code, deprecated, unused_qualifications)]
const _: () = {
    use engine::agentwerk::__private as __aw;
    impl<T: Clone + __aw::TicketResult, const N: usize> __aw::CheckCompanions
    for Page<T, N>
    where
        T: PartialEq,
    {}
    fn __mirror<T: Clone + __aw::schemars::JsonSchema, const N: usize>() -> __aw::Mirror
    where
        T: PartialEq,
    {
        __aw::check_part::<Vec<T>, Page<T, N>>();
        __aw::check_part::<Option<Box<Page<T, N>>>, Page<T, N>>();
        __aw::check_part::<BTreeMap<String, [u64; N]>, Page<T, N>>();
        __aw::check_part::<Author, Page<T, N>>();
        #[derive(__aw::schemars::JsonSchema)]
        /// One page of a longer list.
        #[serde(default, rename_all = "camelCase")]
        #[allow(clippy::zero_sized_map_values)]
        #[schemars(crate = "__aw::schemars")]
        #[schemars(rename = "Page")]
        struct __PageMirror<T: Clone = String, const N: usize = 3>
        where
            T: PartialEq,
        {
            #[garde(length(max = <Page<T, N>>::ENTRIES_MAX))]
            entries: Vec<T>,
            next_page: Option<Box<Page<T, N>>>,
            sizes: BTreeMap<String, [u64; N]>,
            #[serde(with = "hex")]
            #[schemars(with = "String")]
            digest: Digest,
            #[serde(flatten)]
            author: Author,
        }
        impl<
            T: Clone + __aw::schemars::JsonSchema,
            const N: usize,
        > __aw::std::default::Default for __PageMirror<T, N>
        where
            T: PartialEq,
        {
            fn default() -> Self {
                let own = <Page<T, N> as __aw::std::default::Default>::default();
                Self {
                    entries: own.entries,
                    next_page: own.next_page,
                    sizes: own.sizes,
                    digest: own.digest,
                    author: own.author,
                }
            }
        }
        __aw::Mirror::of::<__PageMirror<T, N>>()
    }
    impl<
        T: Clone + __aw::schemars::JsonSchema,
        const N: usize,
    > __aw::schemars::JsonSchema for Page<T, N>
    where
        T: PartialEq,
    {
        fn schema_name() -> __aw::std::borrow::Cow<'static, str> {
            (__mirror::<T, N>().name)()
        }
        fn schema_id() -> __aw::std::borrow::Cow<'static, str> {
            (__mirror::<T, N>().id)()
        }
        fn inline_schema() -> __aw::std::primitive::bool {
            (__mirror::<T, N>().inline)()
        }
        fn json_schema(
            generator: &mut __aw::schemars::SchemaGenerator,
        ) -> __aw::schemars::Schema {
            __aw::with_entries((__mirror::<T, N>().schema)(generator))
        }
    }
    impl<T: Clone + __aw::TicketResult, const N: usize> __aw::TicketResult for Page<T, N>
    where
        T: PartialEq,
        for<'__a> Page<T, N>: __aw::AssumedCompanions<'__a>,
    {
        fn strict() -> __aw::std::option::Option<__aw::std::primitive::bool> {
            __aw::std::option::Option::Some(false)
        }
        fn check(&self) -> __aw::std::result::Result<(), __aw::Violations> {
            use __aw::{CheckOther as _, CheckResult as _};
            let mut __found = __aw::Found::default();
            match self {
                Self {
                    entries: __0,
                    next_page: __1,
                    sizes: __2,
                    digest: __3,
                    author: __4,
                    ..
                } => {
                    __found.at("/entries", (&__aw::Part(__0)).__check());
                    __found.at("/nextPage", (&__aw::Part(__1)).__check());
                    __found.at("/sizes", (&__aw::Part(__2)).__check());
                    __found.at("/digest", (&__aw::Part(__3)).__check());
                    __found.at("", (&__aw::Part(__4)).__check());
                }
            }
            __found.into_result()
        }
    }
};
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    {
        use engine::agentwerk::__private::hints::result::maps as _;
        use engine::agentwerk::__private::hints::result::strict as _;
    }
};
