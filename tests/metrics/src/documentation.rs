use ductape::Runtime;

use crate::scrape::recorder;

/// The documented names, each with its kind.
pub(crate) fn documented() -> Vec<(&'static str, &'static str)> {
    let table = include_str!("../../../ductape-runtime/docs/metrics.md");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    rows.map(|(name, rest)| (name, rest.split([' ', ',']).next().unwrap_or_default())).collect()
}

#[tokio::test(start_paused = true)]
async fn r93_the_documented_metrics_are_those_that_are_described() {
    let recorder = recorder();
    let handle = recorder.handle();
    let _local = metrics::set_default_local_recorder(&recorder);
    let runtime = Runtime::builder().bind(&crate::gateway, std::sync::atomic::AtomicBool::new(true)).build();
    let runtime = runtime.expect("it is bound");
    runtime.snapshot();
    runtime.scope(crate::gateway.check()).await;
    let text = handle.render();
    let types = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let mut described: Vec<_> = types.collect();
    let mut documented = documented();
    described.sort_unstable();
    documented.sort_unstable();
    assert_eq!(described, documented);
    let helped = text.lines().filter(|line| line.starts_with("# HELP ")).count();
    assert_eq!(helped, documented.len());
}
