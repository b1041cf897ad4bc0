/// \file
/// RecordingConsumer: what a reader of messages was given, for tests.
#pragma once

#include <string>
#include <vector>

#include "app/parse_input.h"

namespace mailtool::test {

struct RecordedMessage {
  app::MessagePlace place;
  std::string octets;
  std::string again;  ///< the same octets through RandomAccess
};

class RecordingConsumer : public app::MessageConsumer {
 public:
  /// Takes no more than `wanted` octets of a message.
  explicit RecordingConsumer(std::size_t wanted = SIZE_MAX) : wanted_(wanted) {}

  void begin_message(const app::MessagePlace& place) override {
    messages.push_back({place, "", ""});
  }
  bool octets(std::string_view part) override {
    auto& octets = messages.back().octets;
    octets += part;
    return octets.size() < wanted_;
  }
  Result<void> end_message(const app::RandomAccess* input) override {
    auto& message = messages.back();
    ++ended;
    if (fails_at == ended) return failure;
    if (input == nullptr) return {};
    // In three pieces that overlap nothing.
    StringSink sink(std::size_t{1} << 30);
    const auto size = message.octets.size();
    const std::size_t cuts[] = {0, size / 3, size / 2, size};
    for (int i = 0; i < 3; ++i) {
      auto copied = input->copy(message.place.offset + cuts[i],
                                cuts[i + 1] - cuts[i], sink);
      if (!copied) return copied;
    }
    message.again = sink.take();
    return {};
  }

  std::vector<RecordedMessage> messages;
  std::size_t ended = 0;
  std::size_t fails_at = 0;
  Error failure{ErrorKind::no_input, "fails"};

 private:
  std::size_t wanted_;
};

class RecordingReport : public app::ParseReport {
 public:
  void failed(Error error) override { errors.push_back(error.one_line()); }
  void progressed(std::uint64_t count, std::uint64_t size) override {
    messages += count;
    octets += size;
  }
  std::vector<std::string> errors;
  std::uint64_t messages = 0;
  std::uint64_t octets = 0;
};

}  // namespace mailtool::test
