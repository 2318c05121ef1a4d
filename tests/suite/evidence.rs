//! Evidence of learning: it follows its record in everything, a file is what its content is, and what is gone is gone from the store too.

use crate::{feed::Postgres, support::*};
use chrono::TimeDelta;
use diesel::{Connection, SqliteConnection, connection::SimpleConnection};
use serde_json::{Value, json};
use std::path::PathBuf;
use trellis_api::evidence::store::{Place, Store};
use trellis_domain::{
    access::Permission,
    id::{EvidenceId, LearningRecordId},
    role::RoleName,
};
use trellis_persistence::{
    Act, Principal,
    evidence::{ExpectFile, StrayFiles},
    service_account::RevokeKey,
};

const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj << >> endobj\n";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01";
const LIMIT: usize = 5 << 20;

/// A teacher with a private learning record, and their appraiser.
struct Study {
    trust: Trust,
    hr: Someone,
    appraiser: Someone,
    teacher: Someone,
    /// Address of the record.
    at: String,
}
async fn study(w: &World) -> Study {
    let trust = w.trust("beacon").await;
    let hr = trust.someone(w).at(trust.other_school).with(RoleName::Hr, trust.root).made().await;
    let appraiser = trust.someone(w).at(trust.school).made().await;
    let teacher = trust.someone(w).named("Zephyrine", "Quillfeather").at(trust.school).appraised_by(&appraiser).made().await;
    let at = record(w, &teacher).await;
    Study { trust, hr, appraiser, teacher, at }
}
async fn record(w: &World, by: &Someone) -> String {
    let new =
        json!({"employment_id": by.employment.unwrap().to_string(), "title": "Hinge questions", "kind": "reading", "started_on": "2026-09-10", "minutes": 30});
    format!("/v1/learning-records/{}", w.post("/v1/learning-records").by(by).json(new).send().await.expect(201).id())
}
impl Study {
    async fn send(&self, w: &World, media: &str, query: &str, bytes: &[u8]) -> Reply {
        w.post(format!("{}/evidence-files{query}", self.at)).by(&self.teacher).raw(media, bytes).send().await
    }
    /// A PDF on the record; its address.
    async fn file(&self, w: &World) -> String {
        format!("/v1/evidence/{}", self.send(w, "application/pdf", "?file_name=plan.pdf", PDF).await.expect(201).id())
    }
    async fn share(&self, w: &World, step: &str) {
        w.post(format!("{}/{step}", self.at)).by(&self.teacher).send().await.expect(200);
    }
}
/// The address of a link, as this server answers it.
async fn link(w: &World, evidence: &str, credential: &str) -> String {
    let made = w.get(format!("{evidence}/link")).bearer(credential).send().await.expect(200);
    assert_eq!(made.headers["cache-control"], "no-store");
    made.body["url"].as_str().unwrap().strip_prefix("https://trellis.example").unwrap().to_owned()
}
async fn gone(w: &World, link: &str) {
    let (gone, never) = (w.get(link).send().await, w.get("/v1/evidence-files/nothing").send().await);
    alike(&gone.problem(404, "not_found"), &never);
}

fn folder(w: &World) -> PathBuf {
    let Store::Disk(root) = &w.shared.evidence else { panic!("no folder") };
    root.clone()
}
/// Every file in the store.
fn kept(w: &World) -> Vec<PathBuf> {
    let within = |path: PathBuf| std::fs::read_dir(path).unwrap().map(|e| e.unwrap().path());
    within(folder(w)).filter(|path| path.is_dir()).flat_map(within).collect()
}
fn sql(w: &World, statement: &str) {
    let (place, backend, statement) = (w.place.clone(), w.backend, statement.to_owned());
    let run = move || match backend {
        Backend::Sqlite => SqliteConnection::establish(&place).unwrap().batch_execute(&statement).unwrap(),
        Backend::Postgres => Postgres::establish(&place).unwrap().batch_execute(&statement).unwrap(),
    };
    std::thread::spawn(run).join().unwrap();
}

/// A ZIP archive of entries that are kept as they are; it may tell of another size unpacked.
fn archive(entries: &[(&str, &[u8], Option<u32>)]) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for (name, bytes, unpacked) in entries {
        let (at, length) = (u32::try_from(out.len()).unwrap(), u32::try_from(bytes.len()).unwrap());
        let mut common = Vec::new();
        for part in [20_u16, 0, if unpacked.is_some() { 8 } else { 0 }, 0, 0] {
            common.extend(part.to_le_bytes());
        }
        for part in [0, length, unpacked.unwrap_or(length)] {
            common.extend(part.to_le_bytes());
        }
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        for part in [&common[..], name.as_bytes(), bytes] {
            out.extend(part);
        }
        list.extend(b"PK\x01\x02\x14\0");
        list.extend(&common);
        list.extend([0; 10]);
        list.extend(at.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let (at, length, count) = (u32::try_from(out.len()).unwrap(), u32::try_from(list.len()).unwrap(), u16::try_from(entries.len()).unwrap());
    out.extend(list);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    out.extend(length.to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

on_both! {
    async fn evidence_follows_its_record_in_everything(w: World) {
        let s = study(w).await;
        let add = async |body: Value| w.post(format!("{}/evidence", s.at)).by(&s.teacher).json(body).send().await;
        add(json!({"title": "Both", "reference": "A folder", "url": "https://a.example"})).await.problem(422, "contradictory_members");
        add(json!({"title": "Neither"})).await.problem(422, "contradictory_members");
        assert_eq!(add(json!({"title": "Script", "url": "javascript:alert(1)"})).await.problem(422, "validation_failed").pointers(), ["/url"]);
        let reference = add(json!({"title": "Saffron wall", "reference": "E12, beside the door"})).await.expect(201);
        assert_eq!((&reference.body["kind"], reference.can("remove")), (&json!("reference"), true));
        let page = add(json!({"title": "Bank of questions", "url": "https://drive.school.example/q?x=1#y"})).await.expect(201);
        let file = s.file(w).await;
        let (of_wall, nothing) = (format!("/v1/evidence/{}", reference.id()), "/v1/evidence/01938a5e-7c00-7000-8000-000000000001");

        // nobody else knows of it while the record is private, and then whoever may read the record
        let elsewhere = w.trust("harbour").await;
        let stranger = elsewhere.someone(w).at(elsewhere.school).with(RoleName::Headteacher, elsewhere.school).made().await;
        let unknown = w.get(nothing).by(&s.appraiser).send().await.problem(404, "not_found");
        for path in [of_wall.clone(), file.clone(), format!("{file}/link"), format!("{}/evidence", s.at)] {
            for who in [&s.appraiser, &s.hr, &stranger] {
                alike(&w.get(&path).by(who).send().await, &unknown);
            }
        }
        for (path, who) in [(format!("{of_wall}/remove"), &s.appraiser), (format!("{of_wall}/remove"), &stranger), (format!("{}/evidence-files", s.at), &stranger)] {
            alike(&w.post(&path).by(who).raw("application/pdf", if path.ends_with("remove") { b"" } else { PDF }).send().await, &unknown);
        }
        s.share(w, "share").await;
        let list = w.get(format!("{}/evidence", s.at)).by(&s.appraiser).send().await.expect(200);
        let titles: Vec<&str> = list.items().iter().map(|e| e["title"].as_str().unwrap()).collect();
        assert_eq!(titles, ["Saffron wall", "Bank of questions", "plan.pdf"]);
        let seen = w.get(&file).by(&s.appraiser).send().await.expect(200);
        assert_eq!((&seen.body["file"]["media_type"], &seen.body["file"]["size"], seen.can("remove")), (&json!("application/pdf"), &json!(PDF.len()), false));
        assert_eq!(seen.body["file"]["sha256"].as_str().map(str::len), Some(64));
        w.get(&file).by(&s.appraiser).header("if-none-match", &seen.etag()).send().await.expect(304);
        w.post(format!("{of_wall}/remove")).by(&s.appraiser).send().await.problem(403, "not_permitted");
        w.post(format!("{}/evidence-files", s.at)).by(&s.appraiser).raw("application/pdf", PDF).send().await.problem(403, "not_permitted");
        w.get(format!("/v1/evidence/{}/link", page.id())).by(&s.appraiser).send().await.problem(409, "wrong_state");
        assert_eq!(kept(w).len(), 1, "what was refused left nothing");

        // what happened is told on the record, and never what anything is called
        w.post(format!("{of_wall}/remove")).by(&s.teacher).send().await.expect(204);
        w.get(&of_wall).by(&s.teacher).send().await.problem(404, "not_found");
        let own = w.get(format!("{}/history", s.at)).by(&s.teacher).send().await.expect(200);
        let kinds: Vec<&str> = own.items().iter().filter_map(|e| e["type"].as_str()).filter(|t| t.contains("evidence")).collect();
        assert_eq!(kinds.len(), 4, "{}", own.text);
        assert!(!own.text.contains("Saffron") && !own.text.contains("plan.pdf"), "{}", own.text);
        let theirs = w.get(format!("{}/history", s.at)).by(&s.appraiser).send().await.expect(200);
        assert_eq!(theirs.text.matches("learning_record.evidence_added").count(), 0, "what happened before it was shared is its owner's");
        s.share(w, "unshare").await;
        alike(&w.get(&file).by(&s.appraiser).send().await, &unknown);
    }

    async fn a_file_has_five_mebibytes_and_not_one_byte_more(w: World) {
        let s = study(w).await;
        let whole = [PDF, &vec![0; LIMIT - PDF.len()]].concat();
        let taken = s.send(w, "application/pdf", "?title=Whole", &whole).await.expect(201);
        assert_eq!(taken.body["file"]["size"], LIMIT);
        let at = link(w, &format!("/v1/evidence/{}", taken.id()), &s.teacher.token).await;
        assert!(w.get(&at).send().await.expect(200).bytes == whole, "it comes back as it was sent");
        // requests of the suite tell no length: it is counted while it is read
        let more = [whole, vec![0]].concat();
        s.send(w, "application/pdf", "", &more).await.problem(413, "body_too_large");
        w.post(format!("{}/evidence-files", s.at)).raw("application/pdf", &more).send().await.problem(401, "authentication_required");
        assert_eq!(kept(w).len(), 1);
    }

    async fn a_file_is_what_its_content_is_whatever_is_said_of_it(w: World) {
        let s = study(w).await;
        let lie = async |media: &str, query: &str, bytes: &[u8], both: [&str; 2]| {
            let told = s.send(w, media, query, bytes).await.problem(422, "media_type_mismatch");
            assert!(both.iter().all(|m| told.body["detail"].as_str().unwrap().contains(m)), "{}", told.text);
        };
        lie("image/png", "", PDF, ["image/png", "application/pdf"]).await;
        lie("application/pdf", "?file_name=photo.pdf", PNG, ["application/pdf", "image/png"]).await;
        lie("image/png", "?file_name=photo.pdf", PNG, ["application/pdf", "image/png"]).await;
        lie("text/plain", "", b"<html><script>alert(1)</script></html>", ["text/plain", "text/html"]).await;
        lie("text/csv", "", b"MZ\x90\0\x03\0\0\0", ["text/csv", "portable-executable"]).await;
        for media in ["image/svg+xml", "text/html", "application/zip", "application/x-www-form-urlencoded", "multipart/form-data"] {
            s.send(w, media, "", b"<svg/>").await.problem(415, "unsupported_media_type");
        }
        let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        let types: (&str, &[u8], Option<u32>) = ("[Content_Types].xml", b"<Types/>", None);
        let bomb = archive(&[types, ("word/document.xml", &[0x4b; 1000], Some(4_000_000_000))]);
        let macros = archive(&[types, ("word/document.xml", b"<x/>", None), ("word/vbaProject.bin", b"x", None)]);
        let nested = archive(&[("42.zip", &bomb, None)]);
        for (media, bytes) in [(docx, &bomb[..]), (docx, &macros), ("application/octet-stream", &nested), ("application/octet-stream", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), (docx, b"")] {
            s.send(w, media, "", bytes).await.problem(422, "file_not_taken");
        }
        lie(docx, "", &nested, ["wordprocessingml", "application/zip"]).await;
        assert!(kept(w).is_empty());
        let plain = archive(&[types, ("word/document.xml", b"<x/>", None)]);
        for (media, query, bytes, is, name) in [
            (docx, "?file_name=Plan.docx", &plain[..], docx, "Plan.docx"),
            ("application/octet-stream", "", &plain, docx, "evidence.docx"),
            ("application/octet-stream", "?file_name=..%2F..%2Fetc%2Fpasswd", b"words\n", "text/plain", "passwd.txt"),
            ("text/csv; charset=utf-8", "?file_name=C%3A%5Cmarks.csv", b"a,b\r\n", "text/csv", "marks.csv"),
            ("image/png", "?file_name=%E2%80%AEgnp.exe&title=A%20display", PNG, "image/png", "gnp.exe.png"),
        ] {
            let taken = s.send(w, media, query, bytes).await.expect(201);
            assert_eq!((&taken.body["file"]["media_type"], &taken.body["file"]["name"]), (&json!(is), &json!(name)), "{}", taken.text);
        }
        assert_eq!(s.send(w, "text/plain", "?title=AB123456C", b"words").await.status, 400, "what is never held is no title either");
        for file in kept(w) {
            let id = file.file_name().unwrap().to_str().unwrap();
            assert!(id.len() == 36 && !file.display().to_string().contains("passwd"), "{}", file.display());
        }
    }

    async fn a_link_stands_for_whoever_made_it_for_five_minutes(w: World) {
        let s = study(w).await;
        let file = s.file(w).await;
        s.share(w, "share").await;
        let (own, theirs) = (link(w, &file, &s.teacher.token).await, link(w, &file, &s.appraiser.token).await);
        let (account, key, shown) = w.key(&s.trust, &[Permission::ReadLearning], None).await;
        let machine = link(w, &file, &shown).await;
        let read = w.get(&theirs).send().await.expect(200);
        assert_eq!(read.bytes, PDF);
        for (header, value) in [
            ("content-type", "application/pdf"),
            ("content-disposition", "attachment; filename*=UTF-8''plan.pdf"),
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "private, no-store"),
        ] {
            assert_eq!(read.headers.get(header).map(String::as_str), Some(value), "{header}");
        }
        assert_eq!(w.get(&machine).send().await.expect(200).bytes, PDF);
        // a link is no credential, and a credential no link
        let token = own.rsplit('/').next().unwrap();
        w.get("/v1/me").bearer(token).send().await.problem(401, "token_malformed");
        gone(w, &format!("/v1/evidence-files/{}", s.teacher.token)).await;
        gone(w, &format!("{}x", own)).await;

        // made private, it is dead at once for all but its owner
        s.share(w, "unshare").await;
        gone(w, &theirs).await;
        gone(w, &machine).await;
        assert_eq!(w.get(&own).send().await.expect(200).bytes, PDF);
        s.share(w, "share").await;
        w.get(&machine).send().await.expect(200);
        w.does(s.trust.id, RevokeKey { id: account, key }).await;
        gone(w, &machine).await;
        w.delete("/v1/sessions/current").by(&s.appraiser).send().await.expect(204);
        gone(w, &theirs).await;
        w.later(TimeDelta::seconds(299));
        w.get(&own).send().await.expect(200);
        w.later(TimeDelta::seconds(1));
        gone(w, &own).await;
        let again = Someone { token: w.token(s.trust.id, &s.teacher), ..s.teacher.clone() };
        let own = link(w, &file, &again.token).await;
        w.post(format!("{file}/remove")).by(&again).send().await.expect(204);
        gone(w, &own).await;
        assert!(kept(w).is_empty());
    }

    async fn what_is_gone_is_gone_from_the_store_too(w: World) {
        let s = study(w).await;
        let (first, second) = (s.file(w).await, s.file(w).await);
        assert_eq!(kept(w).len(), 2, "the same content twice is two files");
        w.post(format!("{first}/remove")).by(&s.teacher).send().await.expect(204);
        assert_eq!(kept(w).len(), 1);
        // sent again with its key, it is one file
        let send = || w.post(format!("{}/evidence-files?title=Once", s.at)).by(&s.teacher).header("idempotency-key", "k").raw("application/pdf", PDF).send();
        let (one, two) = (send().await.expect(201), send().await.expect(201));
        assert_eq!((one.id(), two.headers.get("idempotency-replayed").map(String::as_str)), (two.id(), Some("true")));
        assert_eq!(kept(w).len(), 2);

        // a server that is killed half-way leaves bytes that are nobody's; an hour later nothing
        let principal = Principal::Session { session: s.teacher.session, account: s.teacher.account };
        let place = |n: u128| Place { tenant: s.trust.id, id: EvidenceId(uuid::Uuid::from_u128(n)) };
        let record = LearningRecordId(s.at.rsplit('/').next().unwrap().parse().unwrap());
        for n in [1, 2] {
            w.db.write(Act { principal: principal.clone(), ..w.operator(s.trust.id) }, ExpectFile { id: place(n).id, learning_record_id: record }).await.unwrap();
        }
        w.shared.evidence.put(place(1), PDF).unwrap();
        std::fs::write(folder(w).join(s.trust.id.to_string()).join(format!("{}.part", place(2).id)), &PDF[..9]).unwrap();
        w.shared.tidy(&w.db).await.unwrap();
        assert_eq!(kept(w).len(), 4, "it may still be on its way");
        w.later(TimeDelta::minutes(61));
        w.shared.tidy(&w.db).await.unwrap();
        assert_eq!(kept(w).len(), 2);
        assert!(w.db.read(w.operator(s.trust.id), StrayFiles).await.unwrap().is_empty());

        // a person who is erased
        let teacher = Someone { token: w.token(s.trust.id, &s.teacher), ..s.teacher.clone() };
        let hr = Someone { token: w.token(s.trust.id, &s.hr), ..s.hr.clone() };
        let left = link(w, &second, &teacher.token).await;
        w.patch(format!("/v1/employments/{}", teacher.employment.unwrap())).by(&hr).json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
        let erase = json!({"family_name": "Quillfeather", "reason": "requested"});
        w.post(format!("/v1/people/{}/erase", teacher.person)).by(&hr).json(erase).send().await.expect(200);
        assert!(kept(w).is_empty(), "{:?}", kept(w));
        gone(w, &left).await;
    }

    async fn a_deleted_record_takes_its_files_out_of_the_store_at_once(w: World) {
        let s = study(w).await;
        let (_, _, key) = w.key(&s.trust, &[Permission::ProvideLearning], None).await;
        let row = json!({"external_ref": {"source": "provider", "id": "1"}, "person": {"id": s.teacher.person.to_string()}, "title": "A course", "kind": "course",
            "started_on": "2026-09-10", "minutes": 60});
        let sent = w.post("/v1/learning-records/bulk-upsert").bearer(&key).json(json!({"rows": [row]})).send().await.expect(207);
        let at = format!("/v1/learning-records/{}", sent.body["results"][0]["id"].as_str().unwrap());
        let file = w.post(format!("{at}/evidence-files")).by(&s.teacher).raw("application/pdf", PDF).send().await.expect(201).id();
        let link = link(w, &format!("/v1/evidence/{file}"), &s.teacher.token).await;
        s.file(w).await;
        assert_eq!(kept(w).len(), 2);
        w.post(format!("{at}/delete")).by(&s.teacher).send().await.expect(204);
        let left = kept(w);
        assert!(left.len() == 1 && !left[0].ends_with(&file), "{left:?}");
        gone(w, &link).await;
        assert!(w.db.read(w.operator(s.trust.id), StrayFiles).await.unwrap().is_empty());
    }

    async fn a_merge_takes_evidence_along(w: World) {
        let s = study(w).await;
        let file = s.file(w).await;
        let twin = s.trust.someone(w).named("Zephyrine", "Quillfeather").at(s.trust.other_school).made().await;
        // both log in: whoever manages accounts decides
        let admin = s.trust.someone(w).with(RoleName::TrustAdmin, s.trust.root).made().await;
        w.post(format!("/v1/people/{}/merge", s.teacher.person)).by(&admin).json(json!({"into": twin.person.to_string()})).send().await.expect(201);
        let at = link(w, &file, &twin.token).await;
        assert_eq!(w.get(&at).send().await.expect(200).bytes, PDF);
        w.post(format!("{file}/remove")).by(&twin).send().await.expect(204);
        assert!(kept(w).is_empty());
    }

    async fn a_store_that_fails_is_said_to_and_what_is_lost_is_lost_honestly(w: World) {
        let s = study(w).await;
        let file = s.file(w).await;
        let at = link(w, &file, &s.teacher.token).await;
        let path = kept(w).remove(0);
        std::fs::write(&path, &PDF[..9]).unwrap();
        w.get(&at).send().await.problem(410, "file_missing");
        std::fs::remove_file(&path).unwrap();
        w.get(&at).send().await.problem(410, "file_missing");
        w.get(&file).by(&s.teacher).send().await.expect(200);
        w.post(format!("{file}/remove")).by(&s.teacher).send().await.expect(204);
        // a disk that takes nothing
        std::fs::remove_dir_all(folder(w)).unwrap();
        std::fs::write(folder(w), b"no folder").unwrap();
        let told = s.send(w, "application/pdf", "", PDF).await.problem(503, "unavailable");
        assert!(told.headers.contains_key("retry-after"));
        assert_eq!(w.get(format!("{}/evidence", s.at)).by(&s.teacher).send().await.expect(200).items().len(), 0);
        std::fs::remove_file(folder(w)).unwrap();
        s.file(w).await;
    }

    async fn there_is_room_for_so_much_and_no_more(w: World) {
        let s = study(w).await;
        let file = s.file(w).await;
        let bytes = async |size: u64| sql(w, &format!("UPDATE evidence SET size = {size}"));
        // fifty of the largest files, on other records: 250 MiB less a few bytes
        for _ in 0..2 {
            let other = record(w, &s.teacher).await;
            for _ in 0..25 {
                w.post(format!("{other}/evidence-files")).by(&s.teacher).raw("application/pdf", PDF).send().await.expect(201);
            }
        }
        bytes(5 << 20).await;
        let told = s.send(w, "application/pdf", "", PDF).await.problem(409, "evidence_full");
        assert!(told.body["detail"].as_str().unwrap().contains("250 MiB"), "{}", told.text);
        assert_eq!(kept(w).len(), 51);
        // what is no file takes no room, up to thirty pieces
        let refer = async || w.post(format!("{}/evidence", s.at)).by(&s.teacher).json(json!({"title": "A wall", "reference": "E12"})).send().await;
        for _ in 0..29 {
            refer().await.expect(201);
        }
        refer().await.problem(409, "evidence_full");
        w.post(format!("{file}/remove")).by(&s.teacher).send().await.expect(204);
        refer().await.expect(201);
    }
}
