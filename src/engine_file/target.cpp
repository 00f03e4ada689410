#include "engine_file/target.hpp"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/isa.hpp"
#include "colonnade/error.hpp"

namespace colonnade {

std::string this_architecture() {
#if defined(__x86_64__)
  return "x86-64";
#elif defined(__aarch64__)
  return "arm64";
#else
  return "other";
#endif
}

std::string this_tool() {
  return "colonnade " COLONNADE_VERSION;
}

void check_target(const EngineContents& contents, const std::string& backend,
                  const std::string& isa, const std::string& where) {
  const EngineTarget& target = contents.target;
  const auto refuse = [&](const std::string& reason, const std::string& flags) {
    throw Error(ErrorCode::mismatch, where,
                fmt::format("was built for {}, {} ({}); {}; rebuild it with: colonnade build {}{} "
                            "-o {}",
                            target.architecture, target.backend, target.isa, reason,
                            contents.origin.source, flags, where));
  };
  if (target.backend == kTensorRtBackend) {
    throw Error(ErrorCode::unsupported, where,
                fmt::format("holds a plan of TensorRT ({}), which Colonnade builds but doesn't run "
                            "yet; `colonnade build --backend tensorrt --raw` writes it for trtexec "
                            "or your own program",
                            target.isa));
  }
  if (target.architecture != this_architecture()) {
    refuse("this machine is " + this_architecture(), "");
  }
  std::vector<std::string> names;
  for (const Isa usable : usable_isas()) names.emplace_back(isa_name(usable));
  if (std::find(names.begin(), names.end(), target.isa) == names.end()) {
    refuse(fmt::format("this machine has {}", fmt::join(names, ", ")), "");
  }
  if (backend != "auto" && backend != target.backend) {
    refuse("the backend asked for is " + backend, " --backend " + backend);
  }
  if (isa != "auto" && isa != target.isa) {
    refuse("the instruction set asked for is " + isa, " --isa " + isa);
  }
}

}  // namespace colonnade
