//! An item from its creation to its end.

use acceptance_tests::{
    answers::{ensure_problem, ensure_status},
    deployment::Deployment,
};
use anyhow::{Result, ensure};

use crate::client::{Person, id_of, rows};

/// Each step is seen by the next request, and the end leaves no row.
pub fn an_item_is_created_read_replaced_and_deleted(deployment: &Deployment) -> Result<()> {
    let session = Person::new(deployment, "liz@example.com")?.session()?;
    let before = rows(deployment)?;
    let created = session.post(r#"{"name":"chair","legs":4,"made":{"of":["oak",null]}}"#)?;
    ensure_status(&created, 201)?;
    let item = created.json()?["item"].clone();
    let id = id_of(&item)?;
    ensure!(item["made"]["of"][0] == "oak", "{item}");
    ensure!(item["timestamp"].is_string(), "{item}");
    ensure!(
        created.header("location") == format!("items/{id}"),
        "{created:?}"
    );

    let path = format!("/items/{id}");
    let read = session.get(&path)?;
    ensure_status(&read, 200)?;
    ensure!(read.json()? == item, "{} is not {item}", read.body);

    let replaced = session.put(&id, r#"{"name":"table"}"#)?;
    ensure_status(&replaced, 200)?;
    let expected = serde_json::json!({
        "id": id, "name": "table", "timestamp": item["timestamp"],
    });
    ensure!(replaced.json()? == expected, "{}", replaced.body);
    ensure!(session.get(&path)?.json()? == expected);

    let deleted = session.delete(&id)?;
    ensure_status(&deleted, 204)?;
    ensure!(deleted.body.is_empty(), "{}", deleted.body);
    ensure_problem(&session.get(&path)?, 404)?;
    ensure_problem(&session.delete(&id)?, 404)?;
    ensure_problem(&session.put(&id, r#"{"name":"back?"}"#)?, 404)?;
    ensure!(rows(deployment)? == before, "the item left a row");
    Ok(())
}

/// Through HTTP, the function, DynamoDB and back, character by character.
pub fn numbers_come_back_with_all_their_digits(deployment: &Deployment) -> Result<()> {
    let session = Person::new(deployment, "kurt@example.com")?.session()?;
    let numbers = concat!(
        r#""fraction":0.12345678901234567890123456789012345678,"#,
        r#""large":12345678901234567890123456789012345678,"#,
        r#""list":[9007199254740993,-1.5,0],"#,
        r#""tiny":1.2345678901234567890123456789012345678E-100"#,
    );
    let created = session.post(&format!(r#"{{"name":"numbers",{numbers}}}"#))?;
    ensure_status(&created, 201)?;
    let id = id_of(&created.json()?["item"])?;
    let read = session.get(&format!("/items/{id}"))?;
    let listed = session.get("/items?limit=1")?;
    for answer in [&created, &read, &listed] {
        ensure!(answer.body.contains(numbers), "{}", answer.body);
    }
    ensure_status(&session.delete(&id)?, 204)
}

/// Anybody else is told that there is none, and can neither change nor delete it.
pub fn an_item_is_seen_by_its_owner_alone(deployment: &Deployment) -> Result<()> {
    let owner = Person::new(deployment, "mary@example.com")?.session()?;
    let stranger = Person::new(deployment, "eve@example.com")?.session()?;
    let id = owner.create(r#"{"name":"diary"}"#)?;
    let path = format!("/items/{id}");

    ensure_problem(&stranger.get(&path)?, 404)?;
    ensure_problem(&stranger.put(&id, r#"{"name":"defaced"}"#)?, 404)?;
    ensure_problem(&stranger.delete(&id)?, 404)?;
    let listed = stranger.get("/items")?.json()?;
    ensure!(listed == serde_json::json!({"items": []}), "{listed}");

    ensure!(owner.get(&path)?.json()?["name"] == "diary");
    ensure_status(&owner.delete(&id)?, 204)
}
