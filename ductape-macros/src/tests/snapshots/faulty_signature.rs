#[allow(unused)]
async fn g(&self) -> Option<u8> {
    loop {}
}
::core::compile_error! {
    "a plan cannot be a `const fn`\nhelp: write `async fn` without `const`"
}
::core::compile_error! {
    "a plan cannot return `Option<u8>`\nhelp: write `-> ductape::Result<T, E>`, or `-> ductape::Result<Outcome<T>, E>` to learn how it went"
}
::core::compile_error! {
    "`#[primary]` belongs in a `#[fallback]`\nhelp: write `#[provider(\"…\", weight = …)]`"
}
