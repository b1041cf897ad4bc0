/// \file
/// Sink and Source: where streamed octets go to and come from.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "mailtool/base/result.h"

namespace mailtool {

/// Takes octets in order. After a failure no further call is legal.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Takes all of `octets` or fails. The view is only valid during the call.
  virtual Result<void> write(std::string_view octets) = 0;
};

/// Yields octets in order.
class Source {
 public:
  virtual ~Source() = default;
  /// Reads 1..into.size() octets; 0 only at the end.
  virtual Result<std::size_t> read_some(std::span<char> into) = 0;
};

/// All that `from` has left, to `to`. Fails as either does.
Result<void> copy_all(Source& from, Sink& to);

/// Collects what is written, up to a limit that must be chosen.
class StringSink : public Sink {
 public:
  explicit StringSink(std::size_t max_octets) : max_octets_(max_octets) {}
  /// Fails with bad_input once more than max_octets have been written.
  Result<void> write(std::string_view octets) override;
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::size_t max_octets_;
  std::string text_;
};

/// Appends what is written to a text that outlives it. Without a limit: for
/// what is bounded where it comes from. Never fails.
class AppendSink : public Sink {
 public:
  explicit AppendSink(std::string& text) : text_(text) {}
  Result<void> write(std::string_view octets) override {
    text_ += octets;
    return {};
  }

 private:
  std::string& text_;
};

/// Yields a text that outlives it.
class StringSource : public Source {
 public:
  explicit StringSource(std::string_view text) : rest_(text) {}
  Result<std::size_t> read_some(std::span<char> into) override;

 private:
  std::string_view rest_;
};

}  // namespace mailtool
