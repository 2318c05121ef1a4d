//! What shows that Trellis works.
