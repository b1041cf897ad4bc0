/// \file
/// Transcript: a dialogue in the S:/C: form that tests/dialogue uses.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "mailtool/base/sink.h"
#include "mailtool/base/stream.h"

namespace mailtool {

/// Writes a dialogue line by line: "C: " what we sent, "S: " what came,
/// `<TLS negotiation>`, `<server closes>` and comments. Lines are made
/// printable. Never fails: a transcript that cannot be written is given up
/// and the mail goes on.
class Transcript {
 public:
  /// `sink` outlives the Transcript. With `elide_after` > 0, of a run of lines
  /// from one side only that many are written, then how many were left out.
  explicit Transcript(Sink& sink, std::size_t elide_after = 0)
      : sink_(sink), elide_after_(elide_after) {}
  ~Transcript();
  Transcript(const Transcript&) = delete;
  Transcript& operator=(const Transcript&) = delete;

  void client(std::string_view octets) { add('C', octets, client_line_); }
  void server(std::string_view octets) { add('S', octets, server_line_); }
  /// From here on the server's lines belong to an authentication: challenges,
  /// and data that ends it, become "****".
  void authenticates(bool on) { authenticates_ = on; }
  [[nodiscard]] bool authenticates() const { return authenticates_; }
  void event(std::string_view what);    ///< "<TLS negotiation>"
  void comment(std::string_view what);  ///< "# connected to 192.0.2.1:25"

 private:
  void add(char side, std::string_view octets, std::string& partial);
  void line(char side, std::string_view text);
  void flush();
  void end_run();
  void put(std::string_view text);

  Sink& sink_;
  std::size_t elide_after_;
  std::string client_line_;
  std::string server_line_;
  char run_side_ = 0;
  std::size_t run_lines_ = 0;
  bool broken_ = false;
  bool authenticates_ = false;
};

/// A Stream that also tells a Transcript. `transcript` outlives it.
[[nodiscard]] std::unique_ptr<Stream> with_transcript(
    std::unique_ptr<Stream> inner, Transcript& transcript);

}  // namespace mailtool
