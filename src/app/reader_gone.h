/// \file
/// ReaderGone: what is to be done before a program dies of SIGPIPE.
#pragma once

#include <functional>

namespace mailtool::app {

/// While it lives SIGPIPE is ignored, and an Output whose reader has gone (EPIPE)
/// calls `first`, once, before it ends the program by that signal. One at a time,
/// and one thread.
class ReaderGone {
 public:
  /// `first` must not write to that Output.
  explicit ReaderGone(std::function<void()> first);
  ~ReaderGone();
  ReaderGone(const ReaderGone&) = delete;
  ReaderGone& operator=(const ReaderGone&) = delete;

  /// Of Output: calls it, where there is one.
  static void happens();

 private:
  void (*before_)(int);
};

}  // namespace mailtool::app
