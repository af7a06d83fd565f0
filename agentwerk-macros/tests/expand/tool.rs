/// Search the archive. Newest first.
#[tool(read_only, timeout = "20s", approval = needs_leave, strict = true)]
#[cfg(unix)]
#[instrument(skip(context))]
pub async fn search(
    /// What to look for.
    #[schemars(length(min = 2))]
    query: &str,
    #[arg(default = 10)] limit: u32,
    filters: &[Filter],
    below: Option<&Path>,
    archive: State<Archive>,
    #[cx] user: User,
    context: &ToolContext,
) -> Result<Vec<Hit>, archive::Error>
where
    String: Clone,
{
    archive.search(query, limit, filters, below, user, context).await
}

// Expands to:

/// Search the archive. Newest first.
#[cfg(unix)]
#[instrument(skip(context))]
pub async fn search(
    query: &str,
    limit: u32,
    filters: &[Filter],
    below: Option<&Path>,
    archive: State<Archive>,
    user: User,
    context: &ToolContext,
) -> Result<Vec<Hit>, archive::Error>
where
    String: Clone,
{
    archive.search(query, limit, filters, below, user, context).await
}
/// Search the archive. Newest first.
#[cfg(unix)]
#[derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug,
    ::core::default::Default
)]
pub struct Search;
#[cfg(unix)]
#[allow(deprecated, unused_qualifications)]
const _: () = {
    use ::agentwerk::__private as __aw;
    const _: () = {
        __aw::check_arg::<u32>();
        __aw::check_arg::<Filter>();
    };
    fn __default_limit() -> u32 {
        10
    }
    #[derive(__aw::serde::Deserialize, __aw::schemars::JsonSchema)]
    #[serde(
        crate = "__aw::serde",
        expecting = "an object with the arguments of `search`"
    )]
    #[serde(deny_unknown_fields)]
    #[schemars(crate = "__aw::schemars")]
    pub struct __Args
    where
        for<'__a> u32: __aw::AssumedArg<'__a>,
        for<'__a> Filter: __aw::AssumedArg<'__a>,
    {
        /// What to look for.
        #[schemars(length(min = 2))]
        query: __aw::std::string::String,
        #[serde(default = "__default_limit")]
        limit: u32,
        filters: __aw::std::vec::Vec<Filter>,
        below: __aw::std::option::Option<__aw::std::path::PathBuf>,
    }
    impl __aw::TypedTool for Search
    where
        for<'__a> u32: __aw::AssumedArg<'__a>,
        for<'__a> Filter: __aw::AssumedArg<'__a>,
    {
        type Args = __Args;
        type Output = __aw::std::result::Result<__aw::ToolResult, __aw::ToolError>;
        fn spec(&self) -> __aw::ToolSpec {
            let spec = __aw::ToolSpec::new(
                    "search",
                    __aw::description(&[" Search the archive. Newest first."]),
                )
                .schema(__aw::schema_of_args::<__Args>())
                .read_only(true)
                .timeout(__aw::std::time::Duration::from_millis(20000u64))
                .strict(__aw::Strict::Required)
                .approval(__aw::ApprovalRule::PerCall);
            #[allow(unused_imports)]
            use __aw::{OutputWithSchema as _, OutputWithoutSchema as _};
            let spec = match (&__aw::output_of::<Result<Vec<Hit>, archive::Error>>())
                .schema()
            {
                __aw::std::option::Option::Some(schema) => spec.output(schema),
                __aw::std::option::Option::None => spec,
            };
            spec
        }
        fn approval(
            &self,
            __args: &__Args,
            __context: &__aw::ToolContext,
        ) -> __aw::Approval {
            needs_leave(
                &__args.query,
                &__args.limit,
                &__args.filters,
                __args.below.as_deref(),
                __context,
            )
        }
        fn states(&self) -> __aw::std::vec::Vec<__aw::StateType> {
            let states = [
                <State<Archive> as __aw::FromContext<'_>>::state(),
                <User as __aw::FromContext<'_>>::state(),
            ];
            __aw::std::iter::Iterator::collect(
                __aw::std::iter::IntoIterator::into_iter(states).flatten(),
            )
        }
        async fn call(
            &self,
            __args: __Args,
            __context: &__aw::ToolContext,
        ) -> Self::Output {
            {
                #[allow(unused_imports)]
                use __aw::{CheckOther as _, CheckResult as _};
                let mut __found = __aw::Found::default();
                __found.at("/limit", (&__aw::Part(&__args.limit)).__check());
                __found.at("/filters", (&__aw::Part(&__args.filters)).__check());
                __aw::accepted(__found)?;
            }
            let __cx_0 = <State<
                Archive,
            > as __aw::FromContext<'_>>::from_context(__context)?;
            let __cx_1 = <User as __aw::FromContext<'_>>::from_context(__context)?;
            <Result<
                Vec<Hit>,
                archive::Error,
            > as __aw::ToolReturn>::into_result(
                search(
                        &__args.query,
                        __args.limit,
                        &__args.filters,
                        __args.below.as_deref(),
                        __cx_0,
                        __cx_1,
                        __context,
                    )
                    .await,
            )
        }
    }
};
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    {
        use ::agentwerk::__private::hints::tool::read_only as _;
        use ::agentwerk::__private::hints::tool::timeout as _;
        use ::agentwerk::__private::hints::tool::approval as _;
        use ::agentwerk::__private::hints::tool::strict as _;
    }
};
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    {
        use ::agentwerk::__private::hints::arg::default as _;
    }
};
