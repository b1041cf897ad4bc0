/// \file
/// Secret: a string that refuses to be printed by accident.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace mailtool {

/// A password or token held for the length of one authentication.
///
/// A Secret has no stream operator, no implicit conversion and no copy, so it
/// cannot reach a log, a transcript or an Error without a visible reveal().
/// The octets are overwritten on destruction; copies made by the caller of
/// reveal() are the caller's to wipe (see wipe()).
class Secret {
 public:
  explicit Secret(std::string octets) : octets_(std::move(octets)) {}
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  /// The octets, valid until this Secret is moved from or destroyed.
  /// May contain NUL; never trimmed, never re-encoded.
  [[nodiscard]] std::string_view reveal() const noexcept { return octets_; }
  [[nodiscard]] bool empty() const noexcept { return octets_.empty(); }
  [[nodiscard]] Secret clone() const { return Secret(octets_); }

 private:
  std::string octets_;
};

/// Overwrites the octets of `text` in a way the compiler keeps, and empties it.
void wipe(std::string& text) noexcept;

}  // namespace mailtool
