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

namespace {

std::string precision_flags(const std::string& precision) {
  return " --precision " + precision + (precision == "int8" ? " --calibrate CLOUDS" : "");
}

[[noreturn]] void refuse(const EngineContents& contents, const std::string& where,
                         const std::string& reason, const std::string& flags) {
  const EngineTarget& target = contents.target;
  const std::string precision =
      contents.precision.requested == "fp32" ? "" : ", " + contents.precision.effective;
  throw Error(
      ErrorCode::mismatch, where,
      fmt::format("was built for {}, {} ({}{}); {}; rebuild it with: colonnade build {}{} -o {}",
                  target.architecture, target.backend, target.isa, precision, reason,
                  contents.origin.source, flags, where));
}

}  // namespace

void check_target(const EngineContents& contents, const AskedTarget& asked,
                  const std::string& where) {
  const EngineTarget& target = contents.target;
  const std::string& precision = contents.precision.requested;
  // What it was built with, where that isn't what is built without a word.
  const std::string same = precision == "fp32" ? "" : precision_flags(precision);
  if (target.backend == kTensorRtBackend) {
    throw Error(
        ErrorCode::unsupported, where,
        fmt::format("holds a plan of TensorRT ({}), which `colonnade run` and `bench` take; "
                    "expected an engine of the cpu",
                    target.isa));
  }
  if (target.architecture != this_architecture()) {
    refuse(contents, where, "this machine is " + this_architecture(), same);
  }
  std::vector<std::string> names;
  for (const Isa usable : usable_isas()) names.emplace_back(isa_name(usable));
  if (std::find(names.begin(), names.end(), target.isa) == names.end()) {
    refuse(contents, where, fmt::format("this machine has {}", fmt::join(names, ", ")), same);
  }
  if (asked.backend != "auto" && asked.backend != target.backend) {
    refuse(contents, where, "the backend asked for is " + asked.backend,
           " --backend " + asked.backend + same);
  }
  if (asked.isa != "auto" && asked.isa != target.isa) {
    refuse(contents, where, "the instruction set asked for is " + asked.isa,
           " --isa " + asked.isa + same);
  }
  if (asked.precision != "auto" && asked.precision != precision) {
    refuse(contents, where, "the precision asked for is " + asked.precision,
           precision_flags(asked.precision));
  }
}

void check_precision(const EngineContents& contents, const PrecisionChoice& here,
                     const std::string& where) {
  if (precision_name(here.effective) == contents.precision.effective) return;
  refuse(contents, where, "here: " + here.text(),
         precision_flags(std::string(precision_name(here.requested))));
}

}  // namespace colonnade
