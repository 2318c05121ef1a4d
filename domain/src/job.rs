//! Jobs: work on many rows, done in parts, each part as a whole.

use crate::words;

words! {
    /// What a job does.
    JobKind {
        /// Adds and changes people, with their employments, roles and relationships.
        PeopleBulkUpsert = "people_bulk_upsert",
        /// Adds and changes schools and groups.
        OrganisationsBulkUpsert = "organisations_bulk_upsert",
        /// Creates the appraisals of a cycle's population.
        AppraisalsCreation = "appraisals_creation",
        /// Takes in learning that outside providers send.
        LearningRecordsBulkUpsert = "learning_records_bulk_upsert",
        /// Takes in required training that outside providers send.
        TrainingCompletionsBulkUpsert = "training_completions_bulk_upsert",
        /// Takes in a file of the register of schools.
        OrganisationsImport = "organisations_import",
        /// Takes in a file of who manages, appraises, coaches, mentors or inducts whom.
        RelationshipsImport = "relationships_import",
    }
    /// How far a job is.
    JobState {
        /// Waiting for its turn.
        Queued = "queued",
        /// Being worked on.
        Running = "running",
        /// Every row has its result.
        Completed = "completed",
        /// Called off: rows with a result are done, the others are not.
        Cancelled = "cancelled",
        /// It cannot go on; `problem` says why. Rows with a result are done, the others are not.
        Failed = "failed",
    }
}

impl JobState {
    /// Will nothing more be done?
    pub const fn ended(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Failed)
    }
}
