//! The program: everything it does is in the library.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Analysis makes many small values on several threads, which the allocators of most systems are slow at.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    foreshot::main()
}
