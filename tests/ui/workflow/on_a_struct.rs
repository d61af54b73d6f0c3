use ductape::workflow;

#[workflow(tag = "order")]
struct Order;

fn main() {}
