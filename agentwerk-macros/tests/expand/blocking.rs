/// Hashes a file.
#[tool(blocking, struct = Hasher, crate = engine::agentwerk)]
fn hash_file(path: &Path, context: &ToolContext) -> std::io::Result<u64> {
    hash(context.dir().join(path))
}

// Expands to:

/// Hashes a file.
fn hash_file(path: &Path, context: &ToolContext) -> std::io::Result<u64> {
    hash(context.dir().join(path))
}
/// Hashes a file.
#[derive(
    ::core::clone::Clone,
    ::core::marker::Copy,
    ::core::fmt::Debug,
    ::core::default::Default
)]
struct Hasher;
#[allow(deprecated, unused_qualifications)]
const _: () = {
    use engine::agentwerk::__private as __aw;
    const _: () = {};
    #[derive(__aw::serde::Deserialize, __aw::schemars::JsonSchema)]
    #[serde(
        crate = "__aw::serde",
        expecting = "an object with the arguments of `hash_file`"
    )]
    #[serde(deny_unknown_fields)]
    #[schemars(crate = "__aw::schemars")]
    pub struct __Args {
        path: __aw::std::path::PathBuf,
    }
    impl __aw::TypedTool for Hasher {
        type Args = __Args;
        type Output = __aw::std::result::Result<__aw::ToolResult, __aw::ToolError>;
        fn spec(&self) -> __aw::ToolSpec {
            let spec = __aw::ToolSpec::new(
                    "hash_file",
                    __aw::description(&[" Hashes a file."]),
                )
                .schema(__aw::schema_of_args::<__Args>());
            #[allow(unused_imports)]
            use __aw::{OutputWithSchema as _, OutputWithoutSchema as _};
            let spec = match (&__aw::output_of::<std::io::Result<u64>>()).schema() {
                __aw::std::option::Option::Some(schema) => spec.output(schema),
                __aw::std::option::Option::None => spec,
            };
            spec
        }
        async fn call(
            &self,
            __args: __Args,
            __context: &__aw::ToolContext,
        ) -> Self::Output {
            let __context = __aw::std::clone::Clone::clone(__context);
            __aw::run_blocking(
                    __context.cancel().clone(),
                    move || {
                        let __context = &__context;
                        <std::io::Result<
                            u64,
                        > as __aw::ToolReturn>::into_result(
                            hash_file(&__args.path, __context),
                        )
                    },
                )
                .await
        }
    }
};
#[allow(unexpected_cfgs)]
const _: () = {
    #[cfg(rust_analyzer)]
    {
        use engine::agentwerk::__private::hints::tool::blocking as _;
        use engine::agentwerk::__private::hints::tool::r#struct as _;
    }
};
