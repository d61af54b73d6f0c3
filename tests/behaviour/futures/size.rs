//! How large a plan's future is: at most its largest block, 512 bytes, and twice the arguments taken by value.

use ductape::{Outcome, action, fallback, quota};
use tokio::task::yield_now;

use crate::support::Scripted;

const OVERHEAD: usize = 512;

/// A block's work, with this many bytes on its hands while it waits.
async fn holding<const N: usize>() -> Result<usize, Scripted> {
    let buffer = [1_u8; N];
    yield_now().await;
    Ok(buffer.iter().map(|byte| usize::from(*byte)).sum())
}

/// The size of a block that does nothing but that work.
fn block<const N: usize>() -> usize {
    let size = size_of_val(&async { holding::<N>().await });
    assert!(size >= N, "otherwise the comparison would be worth nothing");
    size
}

#[test]
fn r82_the_future_of_a_fallback_is_little_larger_than_its_largest_block() {
    #[fallback]
    async fn plan() -> ductape::Result<usize, Scripted> {
        #[primary("a", retries = 3)]
        {
            holding::<1_000>().await
        }
        #[fallback("b")]
        {
            holding::<4_000>().await
        }
        #[fallback("c")]
        {
            holding::<2_000>().await
        }
    }
    #[fallback]
    async fn small() -> ductape::Result<(), Scripted> {
        #[primary("a")]
        {
            Ok(())
        }
        #[fallback("b")]
        {
            Ok(())
        }
    }

    let size = size_of_val(&plan());
    assert!(size <= block::<4_000>() + OVERHEAD, "{size} bytes");
    let size = size_of_val(&small());
    assert!(size <= OVERHEAD, "{size} bytes");
}

#[test]
fn r82_reconcile_and_degrade_are_blocks_like_any_other() {
    #[fallback(at_most_once, classify(Scripted::verdict), deadline = "90s")]
    async fn plan(wanted: bool) -> ductape::Result<Outcome<usize>, Scripted> {
        let wanted = wanted || cfg!(test);

        #[primary("a", retries = 3, when(wanted))]
        {
            holding::<1_000>().await
        }
        #[reconcile(after = "1s")]
        {
            holding::<3_000>().await.map(Some)
        }
        #[fallback("b")]
        {
            holding::<2_000>().await
        }
        #[reconcile]
        {
            holding::<3_000>().await.map(Some)
        }
        #[degrade]
        {
            holding::<2_500>().await
        }
    }

    let size = size_of_val(&plan(true));
    assert!(size <= block::<3_000>() + OVERHEAD + 2 * size_of::<bool>(), "{size} bytes");
}

#[test]
fn r82_the_future_of_a_quota_does_not_grow_with_its_providers() {
    #[quota(total = 8, sticky(key))]
    async fn plan(key: &str) -> ductape::Result<Outcome<usize>, Scripted> {
        #[provider("a", weight = 1)]
        {
            holding::<1_001>().await
        }
        #[provider("b", weight = 1)]
        {
            holding::<1_002>().await
        }
        #[provider("c", weight = 1)]
        {
            holding::<1_003>().await
        }
        #[provider("d", weight = 1)]
        {
            holding::<1_004>().await
        }
        #[provider("e", weight = 1)]
        {
            holding::<1_005>().await
        }
        #[provider("f", weight = 1)]
        {
            holding::<1_006>().await
        }
        #[provider("g", weight = 1)]
        {
            holding::<1_007>().await
        }
        #[provider("h", weight = 1)]
        {
            holding::<1_008>().await
        }
        #[fallback("tier")]
        {
            holding::<1_009>().await
        }
    }

    let size = size_of_val(&plan("key"));
    assert!(size <= block::<1_009>() + OVERHEAD, "{size} bytes");
}

#[test]
fn r82_arguments_by_value_count_twice_at_most() {
    #[expect(clippy::large_types_passed_by_value, reason = "it is what the test is about")]
    #[fallback]
    async fn plan(input: [u8; 1_000], more: [u64; 50]) -> ductape::Result<usize, Scripted> {
        #[primary("a")]
        {
            Ok(holding::<2_000>().await? + input.len())
        }
        #[fallback("b")]
        {
            Ok(more.len())
        }
    }

    let size = size_of_val(&plan([0; 1_000], [0; 50]));
    assert!(size <= block::<2_000>() + OVERHEAD + 2 * (1_000 + 400), "{size} bytes");
}

#[test]
fn r82_the_value_and_the_error_add_nothing() {
    #[fallback]
    async fn plan() -> ductape::Result<Outcome<[u64; 1_000]>, [u64; 500]> {
        #[primary("a", retries = 1)]
        {
            yield_now().await;
            Err([0; 500])
        }
        #[fallback("b")]
        {
            yield_now().await;
            Ok([0; 1_000])
        }
        #[degrade]
        {
            Ok([1; 1_000])
        }
    }

    // Neither block holds a value while it waits.
    let largest = size_of_val(&async {
        yield_now().await;
        Ok::<_, [u64; 500]>([0_u64; 1_000])
    });
    assert!(largest < 200, "otherwise the comparison would be worth nothing");
    let size = size_of_val(&plan());
    assert!(size <= largest + OVERHEAD, "{size} bytes");
}

#[test]
fn r82_methods_generic_functions_and_actions_keep_to_it() {
    struct Service([u8; 100]);

    impl Service {
        #[action(retries = 2)]
        async fn act(&self) -> ductape::Result<Outcome<usize>, Scripted> {
            Ok(holding::<2_000>().await? + self.0.len())
        }

        #[fallback]
        async fn consume<T: Copy + Into<usize>>(self, more: T) -> ductape::Result<usize, Scripted> {
            #[primary("a")]
            {
                Ok(holding::<2_000>().await? + more.into())
            }
            #[fallback("b")]
            {
                Ok(self.0.len())
            }
        }
    }

    let service = Service([0; 100]);
    let size = size_of_val(&service.act());
    assert!(size <= block::<2_000>() + OVERHEAD, "{size} bytes");
    let size = size_of_val(&service.consume(1_u8));
    assert!(size <= block::<2_000>() + OVERHEAD + 2 * (100 + 1), "{size} bytes");
}
