//! Tasks: what is somebody's to do now.

use crate::transaction::{Page, Window, queries};
use trellis_domain::task::Task;

/// A task with the name of whom it is about.
#[derive(Debug, Clone)]
pub struct NamedTask {
    /// The task.
    pub task: Task,
    /// What the person it is about is called.
    pub person_name: Option<String>,
}
/// The caller's tasks, in order of date.
#[derive(Debug)]
pub struct ListTasks {
    /// Where the list goes on: after a task's place.
    pub window: Window,
}

queries! {
    ListTasks: Identified => Page<NamedTask>;
}
