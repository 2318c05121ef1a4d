//! How memory is given back.
//!
//! Starting takes far more memory than serving: the contract and its judges are made once. So free memory goes back to the system at once
//! until the server is ready; afterwards a little later, because giving back and taking again costs every request time. And then the parts of
//! the program's own file that only starting needed are let go of, which the kernel would count as the server's for as long as it runs.

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
    #[cfg(target_os = "linux")]
    program::let_go();
}

/// The program's own file, as it lies in memory.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)] // as above
mod program {
    use libc::{_SC_PAGESIZE, MADV_DONTNEED, PF_W, PT_LOAD, c_int, c_void, dl_iterate_phdr, dl_phdr_info, madvise, size_t, sysconf};

    /// What cannot be written to is as it is in the file, and comes back from there when it is next needed.
    pub fn let_go() {
        unsafe { dl_iterate_phdr(Some(of_the_first), std::ptr::null_mut()) };
    }

    /// The first that is told of is the program; the others are libraries, which other programs use too, so it ends after one.
    unsafe extern "C" fn of_the_first(told: *mut dl_phdr_info, _size: size_t, _: *mut c_void) -> c_int {
        let page = unsafe { sysconf(_SC_PAGESIZE) } as usize;
        let (base, segments) = unsafe { ((*told).dlpi_addr as usize, std::slice::from_raw_parts((*told).dlpi_phdr, usize::from((*told).dlpi_phnum))) };
        for segment in segments.iter().filter(|s| s.p_type == PT_LOAD && s.p_flags & PF_W == 0) {
            let begins = base + segment.p_vaddr as usize;
            let into_its_page = begins % page;
            unsafe { madvise((begins - into_its_page) as *mut c_void, segment.p_memsz as usize + into_its_page, MADV_DONTNEED) };
        }
        1
    }
}
