//! How the allocator gives memory back.
//!
//! Starting takes far more memory than serving: the contract and its judges are made once. So free memory goes back to the system at once
//! until the server is ready; afterwards a little later, because giving back and taking again costs every request time.

use libmimalloc_sys::{mi_option_set, mi_option_t};

/// `mi_option_purge_delay` of mimalloc.h, in milliseconds, which the crate does not name.
const PURGE_DELAY: mi_option_t = 15;

/// Before any thread is started: frugal, and without huge pages, which back a few kilobytes in use by two megabytes.
#[allow(unsafe_code)] // neither the allocator nor the kernel has a safe way to be asked
pub fn while_starting() {
    #[cfg(target_os = "linux")]
    unsafe {
        libc::prctl(libc::PR_SET_THP_DISABLE, 1, 0, 0, 0);
    }
    unsafe { mi_option_set(PURGE_DELAY, 0) }
}

/// Once the server answers.
#[allow(unsafe_code)] // as above
pub fn while_serving() {
    unsafe { mi_option_set(PURGE_DELAY, 10) }
}
