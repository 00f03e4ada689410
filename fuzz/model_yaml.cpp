// model.yaml: what is accepted is written and read again without a change, and its stages can be
// built in bounded memory.
#include <filesystem>

#include "base/file.hpp"
#include "base/thread_pool.hpp"
#include "colonnade/model.hpp"
#include "stages/decode.hpp"
#include "stages/nms.hpp"
#include "stages/pillarize.hpp"
#include "stages/prepare.hpp"
#include "target.hpp"

namespace {

using namespace colonnade;

/// A file of this process, gone at its end.
struct Scratch {
  std::string path = std::filesystem::temp_directory_path() /
                     ("colonnade_fuzz_" + std::to_string(::getpid()) + ".yaml");
  ~Scratch() { std::filesystem::remove(path); }
};

std::string written(const ModelSpec& spec) {
  static const Scratch scratch;
  write_model_yaml(spec, scratch.path);
  return std::string(WholeFile::read(scratch.path)->text());
}

void check_round_trip(const ModelSpec& spec) {
  const std::string text = written(spec);
  ModelSpec again;
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  const fuzz::InputFile file(bytes, text.size());
  if (!fuzz::answers([&] { again = read_model_yaml(file.path()); })) {
    fuzz::finding("what was written can't be read:\n" + text);
  }
  if (written(again) != text) fuzz::finding("what was written is read as another:\n" + text);
}

void build_stages(const ModelSpec& spec) {
  static ThreadPool threads(1);
  const SensorSpec sensor;
  fuzz::answers([&] { const Prepare stage(spec, sensor, {}, threads); });
  fuzz::answers([&] { const Pillarize stage(spec); });
  fuzz::answers([&] { const Decode stage(spec); });
  fuzz::answers([&] { const Nms stage(spec, sensor); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::InputFile file(data, size);
  ModelSpec spec;
  if (!fuzz::answers([&] { spec = read_model_yaml(file.path()); })) return 0;
  check_round_trip(spec);
  build_stages(spec);
  return 0;
}
