use std::fmt::Error;

use ductape::fallback;

#[fallback]
async fn pay() -> ductape::Result<u32, Error> {
    #[primary("p0")]
    { Ok(0) }
    #[fallback("p1")] { Ok(1) }
    #[fallback("p2")] { Ok(2) }
    #[fallback("p3")] { Ok(3) }
    #[fallback("p4")] { Ok(4) }
    #[fallback("p5")] { Ok(5) }
    #[fallback("p6")] { Ok(6) }
    #[fallback("p7")] { Ok(7) }
    #[fallback("p8")] { Ok(8) }
    #[fallback("p9")] { Ok(9) }
    #[fallback("p10")] { Ok(10) }
    #[fallback("p11")] { Ok(11) }
    #[fallback("p12")] { Ok(12) }
    #[fallback("p13")] { Ok(13) }
    #[fallback("p14")] { Ok(14) }
    #[fallback("p15")] { Ok(15) }
    #[fallback("p16")] { Ok(16) }
    #[fallback("p17")] { Ok(17) }
    #[fallback("p18")] { Ok(18) }
    #[fallback("p19")] { Ok(19) }
    #[fallback("p20")] { Ok(20) }
    #[fallback("p21")] { Ok(21) }
    #[fallback("p22")] { Ok(22) }
    #[fallback("p23")] { Ok(23) }
    #[fallback("p24")] { Ok(24) }
    #[fallback("p25")] { Ok(25) }
    #[fallback("p26")] { Ok(26) }
    #[fallback("p27")] { Ok(27) }
    #[fallback("p28")] { Ok(28) }
    #[fallback("p29")] { Ok(29) }
    #[fallback("p30")] { Ok(30) }
    #[fallback("p31")] { Ok(31) }
    #[fallback("p32")] { Ok(32) }
    #[fallback("p33")] { Ok(33) }
    #[fallback("p34")] { Ok(34) }
    #[fallback("p35")] { Ok(35) }
    #[fallback("p36")] { Ok(36) }
    #[fallback("p37")] { Ok(37) }
    #[fallback("p38")] { Ok(38) }
    #[fallback("p39")] { Ok(39) }
    #[fallback("p40")] { Ok(40) }
    #[fallback("p41")] { Ok(41) }
    #[fallback("p42")] { Ok(42) }
    #[fallback("p43")] { Ok(43) }
    #[fallback("p44")] { Ok(44) }
    #[fallback("p45")] { Ok(45) }
    #[fallback("p46")] { Ok(46) }
    #[fallback("p47")] { Ok(47) }
    #[fallback("p48")] { Ok(48) }
    #[fallback("p49")] { Ok(49) }
    #[fallback("p50")] { Ok(50) }
    #[fallback("p51")] { Ok(51) }
    #[fallback("p52")] { Ok(52) }
    #[fallback("p53")] { Ok(53) }
    #[fallback("p54")] { Ok(54) }
    #[fallback("p55")] { Ok(55) }
    #[fallback("p56")] { Ok(56) }
    #[fallback("p57")] { Ok(57) }
    #[fallback("p58")] { Ok(58) }
    #[fallback("p59")] { Ok(59) }
    #[fallback("p60")] { Ok(60) }
    #[fallback("p61")] { Ok(61) }
    #[fallback("p62")] { Ok(62) }
    #[fallback("p63")] { Ok(63) }
    #[fallback("p64")] { Ok(64) }
}

fn main() {}
