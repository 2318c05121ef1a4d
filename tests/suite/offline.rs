//! The documentation works with no internet: everything that its page needs comes from this server.

/// The values of these attributes in a page.
fn attributes<'p>(page: &'p str, names: &[&str]) -> Vec<&'p str> {
    let of = |name: &str| page.split(&format!("{name}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect::<Vec<_>>();
    names.iter().flat_map(|name| of(name)).collect()
}

on_both! {
    async fn the_documentation_asks_nobody_else(w: World) {
        let page = w.get("/docs/").send().await.expect(200);
        assert!(page.headers["content-type"].starts_with("text/html"));
        let needed = attributes(&page.text, &["src", "href"]);
        assert!(needed.iter().filter(|name| name.ends_with(".js")).count() > 1 && needed.iter().any(|name| name.ends_with(".css")), "{needed:?}");
        for name in needed {
            assert!(!name.contains("//") && !name.starts_with('/'), "{name} comes from elsewhere");
            let asset = w.get(format!("/docs/{}", name.trim_start_matches("./"))).send().await.expect(200);
            assert!(!asset.bytes.is_empty(), "{name}");
            if name.ends_with(".css") {
                let mut fetched = asset.text.split("url(").skip(1).map(|rest| rest.trim_start_matches(['"', '\'']));
                assert!(!asset.text.contains("@import") && fetched.all(|address| address.starts_with("data:")), "{name}");
            }
        }
        // what the page asks for once it runs is said here; left to itself it sends the contract's address to a validator elsewhere
        let settings = w.get("/docs/swagger-initializer.js").send().await.expect(200);
        assert!(settings.text.contains(r#""validatorUrl": "none""#), "{}", settings.text);
        assert!(settings.text.contains(r#""url": "/openapi.json""#) && !settings.text.contains("://"), "{}", settings.text);
    }
}
