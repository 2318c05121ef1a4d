//! The demo's posts: who works where, under whom, since when. The names come from `names.rs`, in this order.

use super::places::Site;
use Site::{Curlew as C, Estuary as E, Saltings as A, Trust as U};
use StaffCategory::{Headteacher as H, Leader as L, Support as S, Teacher as T};
use trellis_domain::employment::StaffCategory;

/// A post, and so a person.
pub(super) struct Post {
    /// How the story calls whoever holds it.
    pub key: &'static str,
    /// Where.
    pub site: Site,
    /// The job.
    pub title: &'static str,
    /// Which appraisal rules can apply.
    pub category: StaffCategory,
    /// The key of the line manager, who also appraises; empty at the top.
    pub under: &'static str,
    /// Full-time equivalent in per cent.
    pub fte: i32,
    /// Since the September of how many academic years ago; 0 are this year's new starters.
    pub since: i32,
}

const fn post(site: Site, key: &'static str, title: &'static str, category: StaffCategory, under: &'static str, fte: i32, since: i32) -> Post {
    Post { key, site, title, category, under, fte, since }
}

/// Every post, holders of it above those whom they manage.
pub(super) const POSTS: &[Post] = &[
    // the trust's own office
    post(U, "t-ceo", "Chief Executive Officer", L, "", 100, 7),
    post(U, "t-edu", "Director of Education", L, "t-ceo", 100, 5),
    post(U, "t-pl", "Director of Professional Learning", L, "t-edu", 100, 3),
    post(U, "t-ops", "Chief Operating Officer", L, "t-ceo", 100, 6),
    post(U, "t-hr", "Head of People", S, "t-ceo", 100, 6),
    post(U, "t-hr-2", "HR Adviser", S, "t-hr", 60, 2),
    post(U, "t-sys", "Systems and Data Manager", S, "t-ops", 100, 4),
    post(U, "t-fin", "Finance Manager", S, "t-ops", 80, 3),
    // The Saltings Academy
    post(A, "s-head", "Headteacher", H, "t-ceo", 100, 5),
    post(A, "s-dht-1", "Deputy Headteacher (Quality of Education)", L, "s-head", 100, 6),
    post(A, "s-dht-2", "Deputy Headteacher (Culture and Inclusion)", L, "s-head", 100, 4),
    post(A, "s-aht-1", "Assistant Headteacher (Professional Learning)", L, "s-dht-1", 100, 5),
    post(A, "s-aht-2", "Assistant Headteacher (Sixth Form)", L, "s-dht-1", 100, 3),
    post(A, "s-send", "SENCo", T, "s-dht-2", 100, 2),
    post(A, "s-eng", "Head of English", T, "s-dht-1", 100, 7),
    post(A, "s-eng-1", "Teacher of English", T, "s-eng", 100, 4),
    post(A, "s-eng-2", "Second in English", T, "s-eng", 100, 8),
    post(A, "s-eng-3", "Teacher of English", T, "s-eng", 60, 11),
    post(A, "s-eng-4", "Teacher of English", T, "s-eng", 100, 3),
    post(A, "s-eng-5", "Teacher of English (early career)", T, "s-eng", 100, 1),
    post(A, "s-mat", "Head of Mathematics", T, "s-dht-1", 100, 9),
    post(A, "s-mat-1", "Second in Mathematics", T, "s-mat", 100, 6),
    post(A, "s-mat-2", "Teacher of Mathematics", T, "s-mat", 100, 3),
    post(A, "s-mat-3", "Teacher of Mathematics", T, "s-mat", 100, 13),
    post(A, "s-mat-4", "Teacher of Mathematics", T, "s-mat", 80, 5),
    post(A, "s-mat-5", "Teacher of Mathematics", T, "s-mat", 100, 0),
    post(A, "s-sci", "Head of Science", T, "s-dht-1", 100, 5),
    post(A, "s-sci-1", "Lead Teacher of Biology", T, "s-sci", 100, 7),
    post(A, "s-sci-2", "Lead Teacher of Chemistry", T, "s-sci", 100, 4),
    post(A, "s-sci-3", "Teacher of Physics", T, "s-sci", 100, 2),
    post(A, "s-sci-4", "Teacher of Science", T, "s-sci", 40, 10),
    post(A, "s-sci-5", "Teacher of Biology", T, "s-sci", 100, 6),
    post(A, "s-sci-6", "Teacher of Science", T, "s-sci", 100, 0),
    post(A, "s-hum", "Head of Humanities", T, "s-aht-2", 100, 8),
    post(A, "s-hum-1", "Teacher of History", T, "s-hum", 100, 4),
    post(A, "s-hum-2", "Teacher of Geography", T, "s-hum", 100, 2),
    post(A, "s-hum-3", "Teacher of Religious Education", T, "s-hum", 60, 6),
    post(A, "s-hum-4", "Teacher of History (early career)", T, "s-hum", 100, 1),
    post(A, "s-mfl", "Head of Languages", T, "s-aht-2", 100, 4),
    post(A, "s-mfl-1", "Teacher of Spanish", T, "s-mfl", 100, 3),
    post(A, "s-mfl-2", "Teacher of French", T, "s-mfl", 60, 5),
    post(A, "s-art", "Head of Creative Arts", T, "s-aht-2", 100, 6),
    post(A, "s-art-1", "Teacher of Art and Design", T, "s-art", 100, 2),
    post(A, "s-art-2", "Teacher of Music", T, "s-art", 80, 3),
    post(A, "s-art-3", "Teacher of Drama", T, "s-art", 60, 4),
    post(A, "s-pe", "Head of Physical Education", T, "s-dht-2", 100, 5),
    post(A, "s-pe-1", "Teacher of Physical Education", T, "s-pe", 100, 3),
    post(A, "s-pe-2", "Teacher of Physical Education", T, "s-pe", 100, 2),
    post(A, "s-hoy-1", "Head of Years 7 and 8", T, "s-dht-2", 100, 4),
    post(A, "s-hoy-2", "Head of Years 9 and 10", T, "s-dht-2", 100, 3),
    post(A, "s-hoy-3", "Head of Year 11", T, "s-dht-2", 100, 9),
    post(A, "s-bus", "School Business Manager", S, "s-head", 100, 6),
    post(A, "s-adm", "Data and Examinations Manager", S, "s-bus", 100, 5),
    post(A, "s-off", "Office Manager", S, "s-bus", 100, 12),
    post(A, "s-off-1", "Receptionist", S, "s-off", 50, 2),
    post(A, "s-cov-1", "Cover Supervisor", S, "s-bus", 100, 3),
    post(A, "s-cov-2", "Cover Supervisor", S, "s-bus", 60, 2),
    post(A, "s-ta-1", "Teaching Assistant", S, "s-send", 80, 5),
    post(A, "s-ta-2", "Teaching Assistant", S, "s-send", 80, 3),
    post(A, "s-ta-3", "Higher Level Teaching Assistant", S, "s-send", 100, 7),
    post(A, "s-ta-4", "Teaching Assistant", S, "s-send", 60, 2),
    post(A, "s-ta-5", "Teaching Assistant", S, "s-send", 60, 0),
    post(A, "s-tech", "Senior Science Technician", S, "s-sci", 80, 9),
    post(A, "s-lib", "Librarian", S, "s-eng", 100, 4),
    post(A, "s-site", "Site Manager", S, "s-bus", 100, 8),
    // Curlew Primary School
    post(C, "c-head", "Headteacher", H, "t-ceo", 100, 4),
    post(C, "c-dht", "Deputy Headteacher", L, "c-head", 100, 5),
    post(C, "c-send", "SENCo", T, "c-head", 80, 6),
    post(C, "c-ey", "Early Years Lead", T, "c-dht", 100, 4),
    post(C, "c-ks1", "Key Stage 1 Lead and Year 2 Teacher", T, "c-dht", 100, 7),
    post(C, "c-ks2", "Key Stage 2 Lead and Year 6 Teacher", T, "c-dht", 100, 5),
    post(C, "c-r", "Reception Teacher", T, "c-ey", 100, 3),
    post(C, "c-y1", "Year 1 Teacher (early career)", T, "c-ks1", 100, 1),
    post(C, "c-y2", "Year 2 Teacher", T, "c-ks1", 60, 2),
    post(C, "c-y3", "Year 3 Teacher", T, "c-ks2", 100, 6),
    post(C, "c-y3b", "Year 3 Teacher", T, "c-ks2", 40, 3),
    post(C, "c-y4", "Year 4 Teacher", T, "c-ks2", 100, 4),
    post(C, "c-y5", "Year 5 Teacher", T, "c-ks2", 100, 2),
    post(C, "c-y5b", "Year 5 Teacher", T, "c-ks2", 100, 0),
    post(C, "c-y6", "Year 6 Teacher", T, "c-ks2", 100, 8),
    post(C, "c-ppa", "Music and PPA Teacher", T, "c-dht", 60, 3),
    post(C, "c-ta-1", "Teaching Assistant", S, "c-send", 80, 4),
    post(C, "c-ta-2", "Teaching Assistant", S, "c-send", 80, 2),
    post(C, "c-ta-3", "Early Years Practitioner", S, "c-ey", 100, 6),
    post(C, "c-ta-4", "Teaching Assistant", S, "c-ks1", 60, 3),
    post(C, "c-ta-5", "Teaching Assistant", S, "c-ks2", 60, 2),
    post(C, "c-hlta", "Higher Level Teaching Assistant", S, "c-ks2", 100, 9),
    post(C, "c-off", "Office Manager", S, "c-head", 100, 7),
    post(C, "c-off-1", "Administrator", S, "c-off", 50, 2),
    post(C, "c-site", "Site Manager", S, "c-off", 100, 5),
    post(C, "c-fsw", "Family Support Worker", S, "c-send", 80, 3),
    // Estuary Lane Primary Academy
    post(E, "e-head", "Headteacher", H, "t-ceo", 100, 3),
    post(E, "e-dht", "Deputy Headteacher", L, "e-head", 100, 3),
    post(E, "e-send", "SENCo", T, "e-head", 60, 4),
    post(E, "e-ey", "Early Years Lead and Reception Teacher", T, "e-dht", 100, 5),
    post(E, "e-ks1", "Key Stage 1 Lead and Year 1 Teacher", T, "e-dht", 100, 4),
    post(E, "e-ks2", "Key Stage 2 Lead and Year 6 Teacher", T, "e-dht", 100, 6),
    post(E, "e-y2", "Year 2 Teacher", T, "e-ks1", 100, 3),
    post(E, "e-y3", "Year 3 Teacher", T, "e-ks2", 100, 2),
    post(E, "e-y4", "Year 4 Teacher", T, "e-ks2", 100, 5),
    post(E, "e-y5", "Year 5 Teacher", T, "e-ks2", 80, 7),
    post(E, "e-y5b", "Year 5 Teacher", T, "e-ks2", 100, 0),
    post(E, "e-ta-1", "Teaching Assistant", S, "e-send", 80, 4),
    post(E, "e-ta-2", "Teaching Assistant", S, "e-send", 60, 2),
    post(E, "e-ta-3", "Early Years Practitioner", S, "e-ey", 100, 3),
    post(E, "e-ta-4", "Teaching Assistant", S, "e-ks1", 60, 5),
    post(E, "e-ta-5", "Teaching Assistant", S, "e-ks1", 60, 0),
    post(E, "e-off", "Office Manager", S, "e-head", 100, 6),
    post(E, "e-site", "Site Manager", S, "e-off", 80, 4),
    post(E, "e-fsw", "Family Support Worker", S, "e-send", 60, 2),
    // those who left: at Christmas and in the summer of last year, long ago; one has given notice
    post(A, "z-1", "Teacher of Chemistry", T, "s-sci", 100, 4),
    post(A, "z-2", "Teacher of Spanish", T, "s-mfl", 100, 3),
    post(C, "z-3", "Year 1 Teacher", T, "c-ks1", 80, 6),
    post(E, "z-4", "Year 4 Teacher", T, "e-ks2", 100, 9),
    post(A, "z-5", "Teacher of English", T, "s-eng", 100, 2),
];

/// People who are known to the trust without being employed: its trustees and governors, and an external adviser.
pub(super) const OTHERS: &[&str] = &["g-chair", "g-sal", "g-cur", "x-adv"];
