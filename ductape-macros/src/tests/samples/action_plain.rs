#[action]
pub(crate) async fn r#try(mut values: Vec<u8>) -> ductape::Result<u8, &'static str> {
    values.clear();
    match values.first() { Some(first) => Ok(*first), None => Err("none") }
}
