//! Files of evidence in a bucket, held against a small store on this machine that checks every signature (AWS Signature Version 4, as a query).

use crate::support::*;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};
use trellis_api::evidence::store::{S3Settings, Store};

const ACCESS_KEY: &str = "AKIDEXAMPLE";
const SECRET: &str = "a secret of the bucket";
const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";

#[derive(Clone, Default)]
struct Bucket(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
/// Is this request signed with our secret? Worked out from the words of the specification, not by the crate that signs.
fn signed(method: &str, path: &str, query: &str, host: &str) -> bool {
    let mut parts: Vec<(&str, &str)> = query.split('&').filter_map(|p| p.split_once('=')).collect();
    parts.sort_unstable();
    let of = |name: &str| parts.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| *v);
    let canonical: Vec<String> = parts.iter().filter(|(n, _)| *n != "X-Amz-Signature").map(|(n, v)| format!("{n}={v}")).collect();
    let request = format!("{method}\n{path}\n{}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD", canonical.join("&"));
    let (date, scope) = (of("X-Amz-Date"), of("X-Amz-Credential").replace("%2F", "/"));
    let Some((access_key, scope)) = scope.split_once('/') else { return false };
    let words: Vec<&str> = scope.split('/').collect();
    if access_key != ACCESS_KEY
        || words.len() != 4
        || words[1] != "eu-west-2"
        || !date.starts_with(words[0])
        || of("X-Amz-Expires").parse::<u64>().is_ok_and(|s| s > 300)
    {
        return false;
    }
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&Sha256::digest(request)));
    let key = words.iter().fold(format!("AWS4{SECRET}").into_bytes(), |key, word| mac(&key, word));
    hex(&mac(&key, &text)) == of("X-Amz-Signature")
}

impl Bucket {
    fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let bucket = self.clone();
        std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| bucket.answer(stream)));
        address
    }
    /// One request of a connection, which is closed after it.
    fn answer(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                break;
            }
            lines.push(line.trim_end().to_owned());
        }
        let header = |name: &str| lines.iter().find_map(|l| l.split_once(':').filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.trim().to_owned()));
        let mut first = lines.first().map(String::as_str).unwrap_or_default().split(' ');
        let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut body = vec![0; header("content-length").and_then(|n| n.parse().ok()).unwrap_or(0)];
        reader.read_exact(&mut body).unwrap();
        let mut kept = self.0.lock().unwrap();
        let (status, out) = match method {
            _ if !signed(method, path, query, &header("host").unwrap_or_default()) => ("403 Forbidden", Vec::new()),
            "PUT" => {
                kept.insert(path.into(), body);
                ("200 OK", Vec::new())
            }
            "GET" => kept.get(path).map_or(("404 Not Found", Vec::new()), |bytes| ("200 OK", bytes.clone())),
            "DELETE" => {
                kept.remove(path);
                ("204 No Content", Vec::new())
            }
            _ => ("405 Method Not Allowed", Vec::new()),
        };
        let length = if status.starts_with("204") { String::new() } else { format!("content-length: {}\r\n", out.len()) };
        let _ = stream.write_all(format!("HTTP/1.1 {status}\r\n{length}connection: close\r\n\r\n").as_bytes());
        let _ = stream.write_all(&out);
    }
    fn keys(&self) -> Vec<String> {
        self.0.lock().unwrap().keys().cloned().collect()
    }
}

fn store(address: &str, secret: &str) -> Store {
    let settings = S3Settings {
        endpoint: format!("http://{address}"),
        bucket: "evidence".into(),
        region: "eu-west-2".into(),
        access_key: ACCESS_KEY.into(),
        secret_key: secret.into(),
        authorities: None,
    };
    Store::s3(&settings).unwrap()
}

async fn story(w: &World, bucket: &Bucket) {
    let trust = w.trust("beacon").await;
    let teacher = trust.someone(w).at(trust.school).made().await;
    let new = json!({"title": "Hinge questions", "kind": "reading", "started_on": "2026-09-10", "minutes": 30});
    let record = w.post("/v1/learning-records").by(&teacher).json(new).send().await.expect(201).id();
    let at = format!("/v1/learning-records/{record}/evidence-files");
    let whole = [PDF, &vec![7; (5 << 20) - PDF.len()]].concat();
    let made = w.post(&at).by(&teacher).raw("application/pdf", &whole).send().await.expect(201).id();
    assert_eq!(bucket.keys(), [format!("/evidence/{}/{made}", trust.id)]);
    let evidence = format!("/v1/evidence/{made}");
    let link = w.get(format!("{evidence}/link")).by(&teacher).send().await.expect(200).body["url"].as_str().unwrap().replace("https://trellis.example", "");
    assert!(w.get(&link).send().await.expect(200).bytes == whole);
    bucket.0.lock().unwrap().clear();
    w.get(&link).send().await.problem(410, "file_missing");
    w.post(format!("{evidence}/remove")).by(&teacher).send().await.expect(204);
    let second = w.post(&at).by(&teacher).raw("application/pdf", PDF).send().await.expect(201).id();
    assert_eq!(bucket.keys().len(), 1);
    w.post(format!("/v1/evidence/{second}/remove")).by(&teacher).send().await.expect(204);
    assert!(bucket.keys().is_empty());
}
fn kept_in_a_bucket(backend: Backend) {
    let bucket = Bucket::default();
    let address = bucket.serve();
    World::run_on(backend, false, Some(store(&address, SECRET)), async |w| story(w, &bucket).await);
}

mod files_are_kept_in_a_bucket_and_gone_from_it {
    use super::*;
    #[test]
    fn sqlite() {
        kept_in_a_bucket(Backend::Sqlite);
    }
    #[test]
    fn postgres() {
        kept_in_a_bucket(Backend::Postgres);
    }
}

#[test]
fn a_bucket_that_lets_nobody_in_or_is_not_there_is_unavailable() {
    let bucket = Bucket::default();
    let address = bucket.serve();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    for files in [store(&address, "another secret"), store(&closed, SECRET)] {
        World::run_on(Backend::Sqlite, false, Some(files), async |w| {
            let trust = w.trust("beacon").await;
            let teacher = trust.someone(w).at(trust.school).made().await;
            let new = json!({"title": "Hinge questions", "kind": "reading", "started_on": "2026-09-10", "minutes": 30});
            let record = w.post("/v1/learning-records").by(&teacher).json(new).send().await.expect(201).id();
            let at = format!("/v1/learning-records/{record}/evidence-files");
            w.post(&at).by(&teacher).raw("application/pdf", PDF).send().await.problem(503, "unavailable");
            assert_eq!(w.get(format!("/v1/learning-records/{record}/evidence")).by(&teacher).send().await.expect(200).items().len(), 0);
        });
    }
    assert!(bucket.keys().is_empty());
}
