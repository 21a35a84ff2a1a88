//! Pages of an owner's items.

use function_kit::page::{DEFAULT_LIMIT, MAX_LIMIT};
use serde_json::Value;

use crate::world::{BOB, World};

async fn filled(count: usize) -> (World, Vec<String>) {
    let world = World::default();
    let mut ids = Vec::new();
    for number in 0..count {
        ids.push(world.post(&format!(r#"{{"name":"{number}"}}"#)).await.id());
    }
    let theirs = world
        .send(Some(BOB), "POST", "/items", r#"{"name":"theirs"}"#)
        .await;
    assert_eq!(theirs.status, 201);
    ids.reverse();
    (world, ids)
}

fn ids_of(listing: &Value) -> Vec<String> {
    let items = listing["items"].as_array().unwrap().iter();
    items
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

/// All pages of that limit, one after another.
async fn pages(world: &World, limit: usize) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut target = format!("/items?limit={limit}");
    loop {
        let listing = world.get(&target).await.body();
        pages.push(ids_of(&listing));
        let Some(cursor) = listing["next_cursor"].as_str() else {
            return pages;
        };
        target = format!("/items?limit={limit}&cursor={cursor}");
    }
}

#[tokio::test]
async fn pages_hold_each_item_once_the_youngest_first() {
    let (world, ids) = filled(7).await;
    for (limit, lengths) in [
        (1, vec![1; 7]),
        (3, vec![3, 3, 1]),
        (7, vec![7]),
        (100, vec![7]),
    ] {
        let pages = pages(&world, limit).await;
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), lengths);
        assert_eq!(pages.concat(), ids);
    }
}

#[tokio::test]
async fn no_page_is_without_a_limit() {
    let (world, _) = filled(MAX_LIMIT as usize + 1).await;
    let listing = world.get("/items").await.body();
    assert_eq!(ids_of(&listing).len(), usize::from(DEFAULT_LIMIT));
    for limit in ["0", "101", "-1", "1000000", "all", ""] {
        let answer = world.get(&format!("/items?limit={limit}")).await;
        assert_eq!(answer.status, 400, "{limit}");
        assert!(answer.text.contains("100"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_cursor_is_a_position_among_ones_own_items_and_nothing_else() {
    let (world, ids) = filled(3).await;
    let cursor = world.get("/items?limit=1").await.body()["next_cursor"].clone();
    let target = format!("/items?cursor={}", cursor.as_str().unwrap());
    // Bob's only item is younger than where Alice was.
    let theirs = world.send(Some(BOB), "GET", &target, "").await;
    assert_eq!(theirs.text, r#"{"items":[]}"#);
    // Its item may be gone meanwhile.
    world
        .send(Some("alice"), "DELETE", &format!("/items/{}", ids[0]), "")
        .await;
    assert_eq!(ids_of(&world.get(&target).await.body()), ids[1..]);

    let null = "AAAAAAAAAAAAAAAAAAAAAA";
    for cursor in ["", "x", "!", null, &"A".repeat(10_000)] {
        let answer = world.get(&format!("/items?cursor={cursor}")).await;
        assert_eq!(answer.status, 400, "{cursor:.40}");
    }
}

/// Lambda takes answers of up to 6 MB, in which the body's quotes and backslashes are escaped.
#[tokio::test]
async fn a_page_of_large_items_is_shorter_than_lambda_s_largest_answer() {
    let world = World::default();
    let body = format!(r#"{{"a":"{}"}}"#, r"\u0001".repeat(40_000));
    for _ in 0..30 {
        assert_eq!(world.post(&body).await.status, 201);
    }
    let mut seen = Vec::new();
    let mut target = "/items?limit=30".to_owned();
    loop {
        let answer = world.get(&target).await;
        let event = Value::String(answer.text.clone()).to_string();
        assert!(event.len() < 6_000_000, "{}", event.len());
        seen.extend(ids_of(&answer.body()));
        let Some(cursor) = answer.body()["next_cursor"].as_str().map(str::to_owned) else {
            break;
        };
        target = format!("/items?limit=30&cursor={cursor}");
    }
    seen.dedup();
    assert_eq!(seen.len(), 30);
}
