// What pioneerd is told by its configuration file. Plain values. Real: adapters/yaml/settings_file.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pioneer::api {

/// Another organisation's witness (C2SP tlog-witness): where it is asked, and the key by which its signatures are
/// checked.
struct WitnessSetting {
  std::string url;  ///< http:// or https://, its submission prefix
  std::string key;  ///< as `pioneer witness key` prints it
};
/// Each is asked on a thread of its own.
inline constexpr std::size_t witnesses_max = 16;

/// An authority that stamps checkpoints with its time (RFC 3161).
struct TimeStampSetting {
  std::string url;                  ///< http:// or https://; empty: none is asked
  std::uint32_t every_minutes = 0;  ///< how far apart stamps are at least
  std::string certificates;         ///< PEM file of whom to trust; empty: signatures are left to who verifies
};

/// The topic that holds the log, where that is on Kafka.
struct KafkaSetting {
  std::string brokers;  ///< "HOST:PORT,…"; empty: the log is in this node's own files
  std::string topic;
  std::uint32_t generation = 1;  ///< of the topic: each restoration (`pioneer log restore`) makes the next one
  std::uint32_t copies = 3;      ///< brokers that hold each record, where the topic is made
  std::vector<std::pair<std::string, std::string>> properties;  ///< of librdkafka: "security.protocol", …
  std::string address;  ///< http://HOST:PORT by which the other nodes reach this one; empty: http:// and `listen`
  std::uint32_t session_seconds = 6;  ///< a node that is not heard of for so long is replaced as the log's writer
};

/// The bus, for other programs (ports/bus.hpp).
struct BusSetting {
  std::string listen;  ///< tcp://HOST:PORT; port 0: any free one; empty: there is no bus
  std::string keys;    ///< file of the clients' public keys that are admitted; empty: `data`/keys/bus-clients
};

/// Each can also stand on the command line, which wins. Paths are taken from the working directory.
struct Settings {
  std::string data = "run/data";          ///< the directory of log, db, keys, blobs
  std::string listen = "127.0.0.1:8080";  ///< HOST:PORT; port 0: any free one
  std::string services;                   ///< categories and deadlines; empty: ops/config/services.yaml, if it is there
  std::string origin;  ///< how browsers reach us (see origin.hpp): for links; empty: http:// and `listen`
  std::string web;     ///< folder of the web application; empty: beside the program, else there is none
  std::string map;     ///< a .pmtiles file, served by ranges; empty: none
  /// Directory of what people upload. Empty: `data`/blobs. Where nodes share a log: one that all of them see; empty:
  /// each has its own, which the topic `kafka.topic`.blobs fills.
  std::string blobs;
  std::string master_key;                       ///< file of the key that wraps all keys; empty: `data`/keys/master
  std::uint32_t loops = 0;                      ///< threads that serve connections; 0: one a core
  std::uint32_t connections_max = 4096;         ///< beyond: 503
  std::uint32_t disk_headroom_mebibytes = 128;  ///< less free where log or stores lie: 503 `disk_full`. 0: nobody looks
  std::uint32_t streams_max = 1000;             ///< listeners of /events at once; beyond: 429
  std::uint32_t streams_per_address_max = 100;  ///< of those from one address: behind a proxy, raise it to all
  KafkaSetting kafka;                           ///< in the file only
  std::vector<WitnessSetting> witnesses;        ///< who is asked to sign checkpoints; in the file only
  std::uint32_t witnesses_needed = 0;           ///< how many of them must sign for one to count; else most of them
  TimeStampSetting time_stamps;                 ///< in the file only
  BusSetting bus;                               ///< in the file only
  std::uint32_t cache_mebibytes = 64;           ///< memory for what is read again: the database's blocks
};

}  // namespace pioneer::api
