use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::answer::Answer;
use super::connection;
use super::failure::Failure;
use super::format::{Format, Vendor};
use super::http::RawRequest;
use super::recorded::Recorded;
use super::rules::{self, Refusal};
use super::script::{Step, script};

/// A test that waits for longer hangs; it is told so.
const PATIENCE: Duration = Duration::from_secs(30);

/// Connections at a time; more of them wait in the listener's queue.
const CONNECTIONS_MAX: usize = 256;

type Respond = Box<dyn FnMut(&Recorded) -> Answer + Send>;

/// A vendor on a port of its own; see the [module](super).
pub struct VendorServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

/// What the connections share.
pub(super) struct Shared {
    vendor: Vendor,
    queue: Mutex<VecDeque<Answer>>,
    respond: Mutex<Option<Respond>>,
    requests: Mutex<Vec<Arc<Recorded>>>,
    arrived: watch::Sender<usize>,
    abandoned: watch::Sender<usize>,
}

impl VendorServer {
    /// Starts a vendor that speaks one format.
    ///
    /// # Panics
    /// The loopback interface has no free port.
    pub async fn start(format: Format) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.expect("a free port on the loopback interface");
        let address = listener.local_addr().expect("a bound port");
        let shared = Arc::new(Shared {
            vendor: Vendor::new(format),
            queue: Mutex::default(),
            respond: Mutex::default(),
            requests: Mutex::default(),
            arrived: watch::Sender::new(0),
            abandoned: watch::Sender::new(0),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Self {
            address,
            shared,
            accepting,
        }
    }

    /// Where the vendor is, without a path.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The key that it accepts, which no other server does.
    pub fn key(&self) -> &str {
        &self.shared.vendor.key
    }

    /// The format that it speaks.
    pub fn format(&self) -> Format {
        self.shared.vendor.format
    }

    /// Adds the answer to a request that has none yet; requests take them in order.
    pub fn enqueue(&self, answer: impl Into<Answer>) {
        lock(&self.shared.queue).push_back(answer.into());
    }

    /// Answers requests with a function, whenever the queue is empty.
    pub fn respond_with(&self, respond: impl FnMut(&Recorded) -> Answer + Send + 'static) {
        *lock(&self.shared.respond) = Some(Box::new(respond));
    }

    /// The requests so far, refused ones too, in the order of their arrival.
    pub fn requests(&self) -> Vec<Arc<Recorded>> {
        lock(&self.shared.requests).clone()
    }

    /// Waits for a request by its number, from 0, and returns it.
    ///
    /// # Panics
    /// It does not arrive within 30 s.
    pub async fn request(&self, number: usize) -> Arc<Recorded> {
        reached(&self.shared.arrived, number + 1, "requests").await;
        Arc::clone(&lock(&self.shared.requests)[number])
    }

    /// Waits until so many clients, in all, have left before their answer had ended.
    ///
    /// # Panics
    /// That does not happen within 30 s.
    pub async fn abandoned(&self, count: usize) {
        reached(&self.shared.abandoned, count, "abandoned answers").await;
    }

    /// Why requests were refused, in the order of their arrival.
    pub fn refusals(&self) -> Vec<Refusal> {
        let requests = lock(&self.shared.requests);
        let refusals = requests
            .iter()
            .filter_map(|request| request.refusal.clone());
        refusals.collect()
    }

    /// Stops the vendor and waits until its port is closed.
    pub async fn stopped(mut self) {
        self.accepting.abort();
        let _aborted = (&mut self.accepting).await.is_err();
    }

    /// How many enqueued answers nobody took.
    pub fn answers_left(&self) -> usize {
        lock(&self.shared.queue).len()
    }
}

impl Drop for VendorServer {
    fn drop(&mut self) {
        // The connections are tasks of this one, and end with it.
        self.accepting.abort();
    }
}

impl fmt::Debug for VendorServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VendorServer")
            .field("format", &self.shared.vendor.format)
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// Records a request and decides on its answer.
    pub(super) fn admit(&self, raw: RawRequest) -> Vec<Step> {
        let mut request = Recorded::new(raw);
        request.refusal = rules::check(&self.vendor, &request);
        let answer = match &request.refusal {
            Some(refusal) => Answer::refused(refusal.failure.clone()),
            None => self.next_answer(&request),
        };
        let steps = script(answer, self.vendor.format, &request.body);
        lock(&self.requests).push(Arc::new(request));
        self.arrived.send_modify(|count| *count += 1);
        steps
    }

    pub(super) fn abandoned(&self) {
        self.abandoned.send_modify(|count| *count += 1);
    }

    fn next_answer(&self, request: &Recorded) -> Answer {
        if let Some(answer) = lock(&self.queue).pop_front() {
            return answer;
        }
        match lock(&self.respond).as_mut() {
            Some(respond) => respond(request),
            // A status that nobody retries, so that the test ends and shows these words.
            None => Answer::refused(Failure {
                status: 400,
                message: "off script: the test has no answer for this request".to_owned(),
                code: None,
            }),
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < CONNECTIONS_MAX => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection::serve(stream, Arc::clone(&shared)));
                }
            }
            Some(ended) = connections.join_next() => {
                // A panic here is one in the test's own answering function.
                if let Err(error) = ended && error.is_panic() {
                    std::panic::resume_unwind(error.into_panic());
                }
            }
        }
    }
}

async fn reached(counter: &watch::Sender<usize>, count: usize, what: &str) {
    let mut counter = counter.subscribe();
    let reached = tokio::time::timeout(PATIENCE, counter.wait_for(|now| *now >= count));
    if reached.await.is_err() {
        panic!("waited for {count} {what}, saw {}", *counter.borrow());
    }
}

/// A panic in a test's own function poisons nothing that matters.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
