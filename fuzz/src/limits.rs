//! What one input may cost.

use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// The most that one input may cost, whatever it is.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Of all threads together: on a machine that is busy with other things, the clock on the wall tells nothing.
    processor_time: Duration,
    /// By how many bytes the process may grow, where the system tells.
    memory: Option<u64>,
}

impl Limits {
    pub const fn new(processor_seconds: u64, memory: Option<u64>) -> Limits {
        Limits { processor_time: Duration::from_secs(processor_seconds), memory }
    }

    /// Runs `job` and panics if it costs too much.
    pub fn watch(&self, job: impl FnOnce()) {
        let resident = self.memory.and_then(|_| restart_peak());
        let before = processor_time();
        job();
        let spent = processor_time().saturating_sub(before);
        assert!(spent <= self.processor_time, "it took {spent:?} of processor time");
        if let (Some(most), Some(resident), Some(peak)) = (self.memory, resident, peak_bytes()) {
            let grown = peak.saturating_sub(resident);
            assert!(grown <= most, "it took {} MB of memory", grown >> 20);
        }
    }
}

fn processor_time() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        u64::try_from(now.tv_sec).unwrap_or_default(),
        u32::try_from(now.tv_nsec).unwrap_or_default(),
    )
}

/// Bytes in memory now, which the peak is counted from again. Linux only.
fn restart_peak() -> Option<u64> {
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    status("VmRSS:")
}

fn peak_bytes() -> Option<u64> {
    status("VmHWM:")
}

fn status(key: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(key))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}
