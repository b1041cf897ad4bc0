// Throughput of the codecs in octets a second, in memory.

#include <benchmark/benchmark.h>

#include <string>

#include "mailtool/base/base64.h"
#include "mailtool/base/printable.h"
#include "mailtool/mime/parser.h"
#include "mailtool/mime/transfer_encoding.h"
#include "mailtool/smtp/data_stuffing.h"

namespace mailtool {
namespace {

class NullSink : public Sink {
 public:
  Result<void> write(std::string_view octets) override {
    benchmark::DoNotOptimize(octets.data());
    return {};
  }
};

std::string text_of(std::size_t octets, std::string_view line_end) {
  std::string text;
  while (text.size() < octets) {
    text += "The quick brown fox jumps over the lazy dog, and again, 72 octets..";
    text += line_end;
  }
  return text;
}

std::string base64_of(std::size_t octets) {
  std::string text;
  const auto line = base64_encode(std::string(57, 'x')) + "\r\n";
  while (text.size() < octets) text += line;
  return text;
}

constexpr std::size_t kOctets = 4 * 1024 * 1024;
constexpr std::size_t kChunk = 64 * 1024;

template <class Feed>
void in_chunks(benchmark::State& state, const std::string& input, Feed feed) {
  for (auto _ : state) feed(std::string_view(input));
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(input.size()));
}

void smtp_stuffing(benchmark::State& state) {
  in_chunks(state, text_of(kOctets, "\n"), [](std::string_view rest) {
    smtp::DataStuffer stuffer;
    std::string wire;
    while (!rest.empty()) {
      wire.clear();
      (void)stuffer.feed(rest.substr(0, kChunk), wire);
      rest.remove_prefix(std::min(kChunk, rest.size()));
    }
    benchmark::DoNotOptimize(wire.data());
  });
}
BENCHMARK(smtp_stuffing);

void base64_decoding(benchmark::State& state) {
  in_chunks(state, base64_of(kOctets), [](std::string_view text) {
    NullSink sink;
    mime::Base64Decoder decoder(sink);
    (void)decoder.write(text);
    (void)decoder.finish();
  });
}
BENCHMARK(base64_decoding);

void base64_encoding(benchmark::State& state) {
  in_chunks(state, text_of(kOctets, "\n"), [](std::string_view text) {
    NullSink sink;
    mime::Base64Encoder encoder(sink);
    (void)encoder.write(text);
    (void)encoder.finish();
  });
}
BENCHMARK(base64_encoding);

void quoted_printable_decoding(benchmark::State& state) {
  in_chunks(state, text_of(kOctets, "=\r\n"), [](std::string_view text) {
    NullSink sink;
    mime::QuotedPrintableDecoder decoder(sink);
    (void)decoder.write(text);
    (void)decoder.finish();
  });
}
BENCHMARK(quoted_printable_decoding);

void mime_structure(benchmark::State& state) {
  std::string message =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n";
  message += text_of(kOctets / 2, "\r\n") +
             "--b\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
             base64_of(kOctets / 2) + "--b--\r\n";
  in_chunks(state, message, [](std::string_view rest) {
    mime::Parser parser;
    while (!rest.empty()) {
      parser.feed(rest.substr(0, kChunk));
      rest.remove_prefix(std::min(kChunk, rest.size()));
    }
    benchmark::DoNotOptimize(parser.finish().parts.size());
  });
}
BENCHMARK(mime_structure);

void printable_text(benchmark::State& state) {
  const auto text = text_of(kOctets / 64, " ");
  in_chunks(state, text, [](std::string_view input) {
    benchmark::DoNotOptimize(printable(input, input.size()).size());
  });
}
BENCHMARK(printable_text);

}  // namespace
}  // namespace mailtool
