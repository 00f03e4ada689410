// What is measured, ready to run: one thread's.
#pragma once

namespace colonnade {

class Lane {
 public:
  virtual ~Lane() = default;
  /// On the next of its inputs; after the last comes the first.
  virtual void run() = 0;
};

}  // namespace colonnade
