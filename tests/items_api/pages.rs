//! The list of items, page by page.

use acceptance_tests::{
    answers::{ensure_problem, ensure_status},
    deployment::Deployment,
};
use anyhow::{Result, ensure};

use crate::client::{Person, Session, id_of};

const COUNT: usize = 7;

/// The pages hold each item once, the youngest first, and the last page says that it is the last.
pub fn pages_hold_each_item_once(deployment: &Deployment) -> Result<()> {
    let session = Person::new(deployment, "page@example.com")?.session()?;
    let mut ids = Vec::new();
    for number in 0..COUNT {
        ids.insert(0, session.create(&format!(r#"{{"name":"{number}"}}"#))?);
    }
    for (limit, lengths) in [(3, vec![3, 3, 1]), (COUNT, vec![COUNT]), (100, vec![COUNT])] {
        let pages = pages(&session, limit)?;
        let seen: Vec<usize> = pages.iter().map(Vec::len).collect();
        ensure!(seen == lengths, "pages of {limit}: {seen:?}");
        ensure!(pages.concat() == ids, "pages of {limit}: {pages:?}");
    }
    for query in ["limit=0", "limit=101", "limit=all", "cursor=nonsense"] {
        ensure_problem(&session.get(&format!("/items?{query}"))?, 400)?;
    }
    for id in ids {
        ensure_status(&session.delete(&id)?, 204)?;
    }
    Ok(())
}

fn pages(session: &Session, limit: usize) -> Result<Vec<Vec<String>>> {
    let mut pages = Vec::new();
    let mut path = format!("/items?limit={limit}");
    loop {
        let answer = session.get(&path)?;
        ensure_status(&answer, 200)?;
        let listing = answer.json()?;
        let items = listing["items"].as_array().into_iter().flatten();
        pages.push(items.map(id_of).collect::<Result<Vec<_>>>()?);
        let Some(cursor) = listing["next_cursor"].as_str() else {
            return Ok(pages);
        };
        ensure!(pages.len() < COUNT, "the pages do not end: {pages:?}");
        path = format!("/items?limit={limit}&cursor={cursor}");
    }
}
