//! What a choice among providers costs.

use ductape::{Runtime, action, quota};
use tower::{Service, ServiceExt as _, service_fn};
use tower_resilience::router::WeightedRouter;

use super::Plan;
use crate::contenders::Batch;
use crate::measure::{Figure, Subject, drive, executor, interleaved};
use crate::provider::{FIRST, Fault, Mode, Provider};
use crate::report::{Report, Table, digits};

/// How many providers there are to choose from.
const SIZES: [usize; 4] = [2, 4, 16, 64];

/// The weights, over and over.
const WEIGHTS: [u32; 4] = [3, 1, 4, 2];

/// One provider, and no choice.
#[action]
async fn alone(input: u64) -> ductape::Result<u64, Fault> {
    FIRST.ask(input).await
}

/// A quota for each way to pick.
macro_rules! quotas {
    ($size:ident, $smooth:literal $random:literal $sticky:literal, $total:literal, $($name:literal $weight:literal)*) => {
        pub(super) mod $size {
            use super::{FIRST, Fault, quota};

            #[quota(tag = $smooth, total = $total)]
            pub(in crate::sections) async fn smooth(input: u64) -> ductape::Result<u64, Fault> {
                $(#[provider($name, weight = $weight)] { FIRST.ask(input).await })*
            }

            #[quota(tag = $random, total = $total, pick = "random")]
            pub(in crate::sections) async fn random(input: u64) -> ductape::Result<u64, Fault> {
                $(#[provider($name, weight = $weight)] { FIRST.ask(input).await })*
            }

            #[quota(tag = $sticky, total = $total, sticky(input))]
            pub(in crate::sections) async fn sticky(input: u64) -> ductape::Result<u64, Fault> {
                $(#[provider($name, weight = $weight)] { FIRST.ask(input).await })*
            }
        }
    };
}

quotas! { two, "smooth-2" "random-2" "sticky-2", 4,
    "p0" 3 "p1" 1
}
quotas! { four, "smooth-4" "random-4" "sticky-4", 10,
    "p0" 3 "p1" 1 "p2" 4 "p3" 2
}
quotas! { sixteen, "smooth-16" "random-16" "sticky-16", 40,
    "p0" 3 "p1" 1 "p2" 4 "p3" 2 "p4" 3 "p5" 1 "p6" 4 "p7" 2 "p8" 3 "p9" 1 "p10" 4 "p11" 2 "p12" 3 "p13" 1 "p14" 4
    "p15" 2
}
quotas! { sixty_four, "smooth-64" "random-64" "sticky-64", 160,
    "p0" 3 "p1" 1 "p2" 4 "p3" 2 "p4" 3 "p5" 1 "p6" 4 "p7" 2 "p8" 3 "p9" 1 "p10" 4 "p11" 2 "p12" 3 "p13" 1 "p14" 4
    "p15" 2 "p16" 3 "p17" 1 "p18" 4 "p19" 2 "p20" 3 "p21" 1 "p22" 4 "p23" 2 "p24" 3 "p25" 1 "p26" 4 "p27" 2 "p28"
    3 "p29" 1 "p30" 4 "p31" 2 "p32" 3 "p33" 1 "p34" 4 "p35" 2 "p36" 3 "p37" 1 "p38" 4 "p39" 2 "p40" 3 "p41" 1
    "p42" 4 "p43" 2 "p44" 3 "p45" 1 "p46" 4 "p47" 2 "p48" 3 "p49" 1 "p50" 4 "p51" 2 "p52" 3 "p53" 1 "p54" 4 "p55"
    2 "p56" 3 "p57" 1 "p58" 4 "p59" 2 "p60" 3 "p61" 1 "p62" 4 "p63" 2
}

/// The chapter on choice.
///
/// # Panics
///
/// If a run fails.
pub fn report(report: &mut Report, plan: Plan) {
    report.add(
        "## Choice\n\nNanoseconds of a whole run of a quota, statistics on, and in brackets what it takes more than an `#[action]` with the \
         same policies: the choice, and the look at every provider before it. The peers' choices stand by themselves: no \
         policies, no state of the providers, no answer to who served. Weights 3, 1, 4, 2, 3, …",
    );
    let executor = executor();
    let _entered = executor.enter();
    Provider::script(Mode::Ready, Mode::Ready);
    let mut table = Table::new(&["", "2", "4", "16", "64"]);
    let mut rows: Vec<Vec<String>> = Vec::new();
    for size in SIZES {
        let runtime = Runtime::builder().build().expect("a runtime");
        let (names, subjects): (Vec<_>, Vec<_>) = subjects(&runtime, size).into_iter().unzip();
        let figures = interleaved(subjects, plan.effort);
        rows.resize(names.len() - 1, Vec::new());
        for ((row, name), figure) in rows.iter_mut().zip(&names[1..]).zip(&figures[1..]) {
            if row.is_empty() {
                row.push((*name).to_owned());
            }
            row.push(cell(name, figure, &figures[0]));
        }
    }
    for row in rows {
        table.row(&row);
    }
    report.add(table.text());
}

fn cell(name: &str, figure: &Figure, alone: &Figure) -> String {
    let best = figure.best();
    if name.starts_with("ductape") {
        format!("{} ({})", digits(best), digits(best - alone.best()))
    } else {
        digits(best)
    }
}

type Named<'a> = (&'static str, Subject<'a>);

/// The first is the action.
fn subjects(runtime: &Runtime, size: usize) -> Vec<Named<'_>> {
    macro_rules! calls {
        ($plan:path) => {
            Box::new(|calls| {
                drive(runtime.scope(async move {
                    for input in 0..calls {
                        $plan(input).await.expect("it serves");
                    }
                }))
            })
        };
    }
    macro_rules! picks {
        ($size:ident) => {
            [calls!($size::smooth), calls!($size::random), calls!($size::sticky)]
        };
    }
    let picks: [Subject<'_>; 3] = match size {
        2 => picks!(two),
        4 => picks!(four),
        16 => picks!(sixteen),
        _ => picks!(sixty_four),
    };
    let mut subjects: Vec<Named<'_>> = vec![("alone", calls!(alone))];
    subjects.extend(["ductape, `smooth`", "ductape, `random`", "ductape, `sticky`"].into_iter().zip(picks));
    subjects.push(("tower-resilience's router, deterministic", routed(size, false)));
    subjects.push(("tower-resilience's router, random", routed(size, true)));
    #[cfg(feature = "pingora")]
    subjects.extend(pingora::subjects(size));
    subjects
}

fn weights(size: usize) -> impl Iterator<Item = u32> {
    WEIGHTS.into_iter().cycle().take(size)
}

fn routed(size: usize, random: bool) -> Subject<'static> {
    let service = service_fn(|input| FIRST.ask(input));
    let router = WeightedRouter::builder();
    let router = weights(size).fold(router, |router, weight| router.route(service, weight));
    let mut router = if random { router.random() } else { router.deterministic() }.build();
    Box::new(move |calls| {
        let batch: Batch<'_> = Box::pin(async {
            for input in 0..calls {
                router.ready().await.expect("ready").call(input).await.expect("it serves");
            }
            calls
        });
        drive(batch);
    })
}

#[cfg(feature = "pingora")]
mod pingora {
    use std::collections::BTreeSet;

    use pingora_load_balancing::selection::{BackendSelection, FNVHash, Random, RoundRobin};
    use pingora_load_balancing::{Backend, Backends, LoadBalancer, discovery::Static};

    use super::{Named, drive, weights};

    pub(super) fn subjects(size: usize) -> [Named<'static>; 3] {
        [
            ("pingora, round robin", Box::new(select(balancer::<RoundRobin>(size)))),
            ("pingora, random", Box::new(select(balancer::<Random>(size)))),
            ("pingora, by key (FNV)", Box::new(select(balancer::<FNVHash>(size)))),
        ]
    }

    fn balancer<S>(size: usize) -> LoadBalancer<S>
    where
        S: BackendSelection<Config = ()> + 'static,
        S::Iter: pingora_load_balancing::selection::BackendIter,
    {
        let backends: BTreeSet<Backend> = (10_000..)
            .zip(weights(size))
            .map(|(port, weight)| {
                Backend::new_with_weight(&format!("127.0.0.1:{port}"), weight as usize).expect("an address")
            })
            .collect();
        let balancer = LoadBalancer::from_backends(Backends::new(Static::new(backends)));
        drive(balancer.update()).expect("static backends");
        balancer
    }

    fn select<S>(balancer: LoadBalancer<S>) -> impl FnMut(u64)
    where
        S: BackendSelection<Config = ()> + 'static,
        S::Iter: pingora_load_balancing::selection::BackendIter,
    {
        move |calls| {
            for input in 0..calls {
                std::hint::black_box(balancer.select(&input.to_le_bytes(), 256).expect("a backend"));
            }
        }
    }
}
