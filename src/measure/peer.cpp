#include "measure/peer.hpp"

#include <fmt/core.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include "base/npy.hpp"
#include "colonnade/error.hpp"
#include "measure/latency.hpp"
#include "measure/peer_script.hpp"

extern char** environ;

namespace colonnade {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Made for this process, removed with all it holds.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "colonnade-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw Error(ErrorCode::io, name, std::string("can't be made a folder: ") + strerror(errno));
    }
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  fs::path path_;
};

constexpr const char* kInstall =
    "install it into an environment of its own (python3 -m venv peer && peer/bin/pip install "
    "onnxruntime numpy) and add --python peer/bin/python";

}  // namespace

struct Peer::Body {
  Body(const std::string& python_name, const std::string& graph, const std::vector<Tensor>& inputs,
       int threads)
      : python(python_name) {
    std::vector<std::string> words{python, "-c", kPeerScript, graph, std::to_string(threads)};
    for (const Tensor& input : inputs) {
      words.push_back((folder.path_ / fmt::format("{}.npy", words.size())).string());
      write_npy(words.back(), input.view());
    }
    start(words);
    version = line();
    if (version.rfind("missing ", 0) == 0) {
      throw Error(ErrorCode::unsupported, "--peer onnxruntime",
                  fmt::format("{} has no {}; {}", python, version.substr(8), kInstall));
    }
  }

  ~Body() {
    close(socket);
    int status = 0;
    if (child > 0) waitpid(child, &status, 0);
  }

  // The child's input and output are one socket: writing to one that has ended is an error there,
  // not a signal.
  void start(std::vector<std::string>& words) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
      throw Error(ErrorCode::io, std::string("no socket is to be had: ") + strerror(errno));
    }
    socket = pair[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pair[1], 0);
    posix_spawn_file_actions_adddup2(&actions, pair[1], 1);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int error =
        posix_spawnp(&child, words[0].c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pair[1]);
    if (error != 0) {
      child = 0;
      close(socket);
      throw Error(ErrorCode::unsupported, "--python " + python,
                  fmt::format("can't be started: {}; {}", strerror(error), kInstall));
    }
  }

  std::string line() {
    std::string text;
    char c = 0;
    while (recv(socket, &c, 1, 0) == 1 && c != '\n') text += c;
    if (c != '\n' || text.rfind("! ", 0) == 0) {
      throw Error(ErrorCode::unsupported, "--peer onnxruntime",
                  text.empty() ? python + " ended without an answer" : text.substr(2));
    }
    return text;
  }

  std::string python, version;
  TemporaryFolder folder;
  int socket = -1;
  pid_t child = 0;
};

Peer::Peer(const std::string& python, const std::string& graph, const std::vector<Tensor>& inputs,
           int threads)
    : body_(std::make_unique<Body>(python, graph, inputs, threads)) {}
Peer::~Peer() = default;

const std::string& Peer::version() const noexcept {
  return body_->version;
}

double Peer::run() {
  if (send(body_->socket, "\n", 1, MSG_NOSIGNAL) != 1) return body_->line(), 0;
  const std::string text = body_->line();
  double ms = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), ms).ec != std::errc()) {
    throw Error(ErrorCode::unsupported, "--peer onnxruntime", "answered '" + text + "'");
  }
  return ms;
}

Turns take_turns(Lane& ours, Peer& theirs, const TurnOptions& options,
                 const std::atomic<bool>& stop) {
  const auto ms_since = [](Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  };
  const auto pause = std::chrono::duration<double, std::milli>(options.pause_ms);
  Turns turns;
  const auto start = Clock::now();
  for (std::int64_t round = 0;
       !stop && (round < options.rounds || ms_since(start) < options.duration_s * 1e3); ++round) {
    double own = 0, other = 0;
    for (const bool our_turn : {round % 2 == 0, round % 2 != 0}) {
      std::this_thread::sleep_for(pause);
      if (our_turn) {
        const auto begin = Clock::now();
        ours.run();
        own = ms_since(begin);
      } else {
        other = theirs.run();
      }
    }
    turns.ours.push_back(own);
    turns.theirs.push_back(other);
  }
  return turns;
}

std::string turns_text(const Turns& turns, const std::string& peer) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < turns.ours.size(); ++i) {
    ratios.push_back(turns.theirs[i] / turns.ours[i]);
  }
  const Latency ours = summarize(turns.ours, {}), theirs = summarize(turns.theirs, {});
  return fmt::format(
      "=== Taking turns, {} rounds ===\n"
      "colonnade: min = {:.3f} ms, median = {:.3f} ms\n"
      "{}: min = {:.3f} ms, median = {:.3f} ms\n"
      "{} takes {:.2f} times as long (median within rounds; best times: {:.2f})\n",
      ratios.size(), ours.min, ours.median, peer, theirs.min, theirs.median, peer,
      summarize(ratios, {}).median, theirs.min / ours.min);
}

}  // namespace colonnade
