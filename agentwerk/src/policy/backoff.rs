use std::time::Duration;

/// No delay of our own choice is longer than this.
const DELAY_MAX: Duration = Duration::from_secs(60);
/// A vendor that asks for a longer wait than this is not waited for.
const HINT_MAX: Duration = Duration::from_secs(120);

/// How long to wait before a request is sent again.
///
/// Exponential with full jitter, so that agents that failed together do not come back together.
/// A vendor's own hint is a floor: the jitter comes on top of it.
///
/// Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 (read 2026-11).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    base: Duration,
}

impl Backoff {
    pub(crate) const fn new(base: Duration) -> Self {
        Self { base }
    }

    /// The delay before retry `attempt` (counted from 1), or `None` when the vendor asks for more
    /// than anybody should wait. `random` is a number from 0 to 1.
    pub(crate) fn delay(
        self,
        attempt: u32,
        hint: Option<Duration>,
        random: f64,
    ) -> Option<Duration> {
        let doubled = 2u32.saturating_pow(attempt.saturating_sub(1));
        let ceiling = self.base.saturating_mul(doubled).min(DELAY_MAX);
        let jitter = ceiling.mul_f64(random.clamp(0.0, 1.0));
        match hint {
            Some(hint) if hint > HINT_MAX => None,
            // With a hint the jitter only spreads the crowd; it need not grow. After a rate limit,
            // those who were not refused wait in the provider, with a jitter of theirs; this one
            // comes when that wait is over.
            Some(hint) => Some(hint + jitter.min(self.base)),
            None => Some(jitter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff::new(Duration::from_millis(500));

    #[test]
    fn the_delay_doubles_up_to_a_minute() {
        let delays: Vec<_> = [1, 2, 3, 8, 40]
            .map(|n| BACKOFF.delay(n, None, 1.0).unwrap().as_millis())
            .into();
        assert_eq!(delays, [500, 1_000, 2_000, 60_000, 60_000]);
    }

    #[test]
    fn the_jitter_reaches_down_to_zero() {
        assert_eq!(BACKOFF.delay(5, None, 0.0), Some(Duration::ZERO));
    }

    #[test]
    fn a_hint_is_a_floor_and_a_long_one_is_not_waited_for() {
        let hint = Duration::from_secs(2);
        assert_eq!(BACKOFF.delay(1, Some(hint), 0.0), Some(hint));
        assert!(BACKOFF.delay(9, Some(hint), 1.0).unwrap() <= hint + Duration::from_millis(500));
        assert_eq!(BACKOFF.delay(1, Some(Duration::from_secs(121)), 0.0), None);
    }
}
