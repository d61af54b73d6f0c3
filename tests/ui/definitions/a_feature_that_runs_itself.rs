fn main() {
    let _set = ductape::definitions!("definitions/cyclic");
}
