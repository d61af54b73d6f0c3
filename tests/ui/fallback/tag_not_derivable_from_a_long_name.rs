use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn a_name_of_more_than_sixty_four_characters_is_too_long_to_be_a_label() -> ductape::Result<u32, Error> {
    #[primary("stripe")]
    { Ok(1) }
    #[fallback("paypal")]
    { Ok(2) }
}

fn main() {}
