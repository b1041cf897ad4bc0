/// \file
/// DeliveryProgram: a program of the user's that takes one message on stdin.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mailtool/base/result.h"

namespace mailtool::app {

/// How a run of it ended.
struct ProgramRun {
  int status = -1;  ///< of its exit; -1 when a signal ended it
  int signal = 0;
  std::string output;  ///< first kMaxOutput octets of stdout and stderr
};

/// Found in PATH when it is made; run without a shell. It has a process group
/// of its own, no descriptor of ours but the three, no signal blocked or
/// ignored, and gets SIGTERM when we die.
class DeliveryProgram {
 public:
  static constexpr std::size_t kMaxOutput = 4096;
  using Variables = std::vector<std::pair<std::string, std::string>>;

  /// `words`: the program and its arguments, not empty. Fails with
  /// cannot_create when there is no such program.
  static Result<DeliveryProgram> find(std::vector<std::string> words);

  /// Runs it to its end, stdin being `input`, with `variables` in its
  /// environment. What it leaves running in the background is not waited for.
  /// Fails with cannot_create (it cannot be run), system, interrupted, or
  /// timed_out (--deadline); then it was ended, and its children with it.
  Result<ProgramRun> run(int input, const Variables& variables) const;

  /// As errors name it.
  [[nodiscard]] std::string name() const;

 private:
  DeliveryProgram(std::vector<std::string> words, std::string path)
      : words_(std::move(words)), path_(std::move(path)) {}

  std::vector<std::string> words_;
  std::string path_;
};

}  // namespace mailtool::app
