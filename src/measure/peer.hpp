// Another runtime on the same graph and inputs, which takes turns with ours.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/tensor.hpp"
#include "measure/lane.hpp"

namespace colonnade {

/// ONNX Runtime in a Python of the user's.
class Peer {
 public:
  /// Starts it; the first run is done. Error(unsupported): `python` can't be started or hasn't got
  /// ONNX Runtime (says how to install it), or it refuses the graph.
  Peer(const std::string& python, const std::string& graph, const std::vector<Tensor>& inputs,
       int threads);
  ~Peer();

  const std::string& version() const noexcept;  ///< "onnxruntime 1.23.2"
  double run();                                 ///< Milliseconds, taken over there.

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

struct TurnOptions {
  double duration_s = 3;
  std::int64_t rounds = 10;
  /// Before each turn, for the threads of the one before to go to sleep.
  double pause_ms = 100;
};

/// Milliseconds; a round each.
struct Turns {
  std::vector<double> ours, theirs;
};

/// Until both time and rounds are reached, or `stop` is true. Who begins alternates.
Turns take_turns(Lane& ours, Peer& theirs, const TurnOptions& options,
                 const std::atomic<bool>& stop);

/// Best and median of both, and the ratio within rounds.
std::string turns_text(const Turns& turns, const std::string& peer);

}  // namespace colonnade
