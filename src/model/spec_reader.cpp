#include "model/spec_reader.hpp"

namespace colonnade {

std::string SpecReader::where(std::string path) const {
  for (;;) {
    const auto found = lines_.find(path);
    if (found != lines_.end()) return fmt::format("{}:{}", file_, found->second);
    const std::size_t cut = path.find_last_of(".[");
    if (cut == std::string::npos) return file_;
    path.resize(cut);
  }
}

void SpecReader::fail(int line, const std::string& path, const std::string& message) const {
  throw Error(ErrorCode::format, fmt::format("{}:{}", file_, line),
              path.empty() ? message : path + ": " + message);
}

}  // namespace colonnade
