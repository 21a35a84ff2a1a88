//! Faults that come at random, the same ones for the same seed and the same order of calls.

use std::{collections::BTreeMap, time::Duration};

use hyper::StatusCode;

use super::{Call, Fault};

/// How likely a call of a service fails, and how its service says that it is busy or broken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likelihood {
    /// The service of the signature, such as `dynamodb`.
    pub service: &'static str,
    /// Probability of a fault, from 0 to 1.
    pub probability: f64,
    /// The answer to a caller who asks too much.
    pub throttled: (StatusCode, &'static str),
    /// The answer of a service that fails.
    pub failed: (StatusCode, &'static str),
}

impl Likelihood {
    /// Faults of Amazon S3 ("Error responses" in its API reference).
    pub fn of_s3(probability: f64) -> Self {
        Self {
            service: "s3",
            probability,
            throttled: (StatusCode::SERVICE_UNAVAILABLE, "SlowDown"),
            failed: (StatusCode::INTERNAL_SERVER_ERROR, "InternalError"),
        }
    }

    /// Faults of Amazon DynamoDB ("Error handling with DynamoDB" in its developer guide).
    pub fn of_dynamodb(probability: f64) -> Self {
        Self {
            service: "dynamodb",
            probability,
            throttled: (StatusCode::BAD_REQUEST, "ThrottlingException"),
            failed: (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError"),
        }
    }

    /// Faults of Amazon Kinesis ("PutRecord" in its API reference).
    pub fn of_kinesis(probability: f64) -> Self {
        let throttled = "ProvisionedThroughputExceededException";
        Self {
            service: "kinesis",
            probability,
            throttled: (StatusCode::BAD_REQUEST, throttled),
            failed: (StatusCode::INTERNAL_SERVER_ERROR, "InternalFailure"),
        }
    }
}

/// The kinds of fault, in the order of [`Chance::fault`]'s dice.
const KINDS: [&str; 5] = ["throttled", "failed", "reset", "lost answer", "slow"];

/// The longest delay of a slow call.
const SLOWEST: Duration = Duration::from_millis(1500);

/// A plan of faults by probability, and what has come of it.
#[derive(Debug)]
pub struct Chance {
    state: u64,
    likelihoods: Vec<Likelihood>,
    spared: String,
    happened: BTreeMap<(&'static str, &'static str), usize>,
}

impl Chance {
    /// Returns the plan of that seed, which spares the calls of the access key `spared`.
    pub fn new(seed: u64, spared: &str, likelihoods: &[Likelihood]) -> Self {
        Self {
            state: seed,
            likelihoods: likelihoods.to_vec(),
            spared: spared.to_owned(),
            happened: BTreeMap::new(),
        }
    }

    /// Returns how many faults have come, by service and kind.
    pub fn happened(&self) -> &BTreeMap<(&'static str, &'static str), usize> {
        &self.happened
    }

    /// Throws the dice for a call.
    pub(super) fn fault(&mut self, call: &Call) -> Option<Fault> {
        if call.access_key == self.spared {
            return None;
        }
        let mut all = self.likelihoods.iter();
        let likelihood = *all.find(|likelihood| likelihood.service == call.service)?;
        if self.fraction() >= likelihood.probability {
            return None;
        }
        let kind = (self.random() % KINDS.len() as u64) as usize;
        let fault = match kind {
            0 => Fault::Error(likelihood.throttled.0, likelihood.throttled.1),
            1 => Fault::Error(likelihood.failed.0, likelihood.failed.1),
            2 => Fault::Reset,
            3 => Fault::LostAnswer,
            _ => Fault::Delay(SLOWEST.mul_f64(self.fraction())),
        };
        *self
            .happened
            .entry((likelihood.service, KINDS[kind]))
            .or_default() += 1;
        Some(fault)
    }

    /// Returns a number from 0 to 1, without 1.
    fn fraction(&mut self) -> f64 {
        // The 53 bits that a double holds.
        (self.random() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Returns 64 random bits: SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom
    /// Number Generators", 2014).
    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(access_key: &str, service: &str) -> Call {
        Call {
            access_key: access_key.to_owned(),
            service: service.to_owned(),
            operation: "any".to_owned(),
        }
    }

    fn chance(seed: u64, probability: f64) -> Chance {
        let likelihoods = [
            Likelihood::of_s3(probability),
            Likelihood::of_kinesis(probability),
        ];
        Chance::new(seed, "root", &likelihoods)
    }

    fn faults(chance: &mut Chance, calls: usize) -> Vec<Option<Fault>> {
        let call = call("function", "s3");
        (0..calls).map(|_| chance.fault(&call)).collect()
    }

    #[test]
    fn faults_of_all_kinds_come_as_often_as_is_likely() {
        let mut chance = chance(1, 0.05);
        let come = faults(&mut chance, 20_000).into_iter().flatten().count();
        assert!((900..1100).contains(&come), "{come} of 20,000");
        let happened = chance.happened();
        assert_eq!(happened.values().sum::<usize>(), come);
        for kind in KINDS {
            let count = happened.get(&("s3", kind)).copied().unwrap_or_default();
            assert!((120..280).contains(&count), "{kind}: {count} of {come}");
        }
    }

    #[test]
    fn a_seed_repeats_its_faults_and_another_makes_others() {
        let first = faults(&mut chance(7, 0.5), 200);
        assert_eq!(first, faults(&mut chance(7, 0.5), 200));
        assert_ne!(first, faults(&mut chance(8, 0.5), 200));
    }

    #[test]
    fn spares_one_caller_and_services_that_are_not_named() {
        let mut chance = chance(1, 1.0);
        assert_eq!(chance.fault(&call("root", "s3")), None);
        assert_eq!(chance.fault(&call("function", "sqs")), None);
        assert!(chance.fault(&call("function", "s3")).is_some());
        assert!(
            chance
                .happened()
                .keys()
                .all(|(service, _)| *service == "s3")
        );
    }

    #[test]
    fn a_slow_call_takes_no_longer_than_a_client_waits() {
        let mut chance = chance(3, 1.0);
        let slow = faults(&mut chance, 500).into_iter().flatten();
        let slow = slow.filter_map(|fault| match fault {
            Fault::Delay(time) => Some(time),
            _ => None,
        });
        assert!(slow.max().expect("some are slow") < SLOWEST);
    }
}
