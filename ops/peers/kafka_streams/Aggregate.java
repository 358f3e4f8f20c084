// A read model in Kafka Streams: for each product, how many events it has seen and the last of them, in RocksDB with a
// changelog, at least once, two threads.
//
//   Aggregate BOOTSTRAP fill EVENTS KEYS PARTITIONS
//   Aggregate BOOTSTRAP aggregate EVENTS APPLICATION FOLDER   prints events a second, from the first seen to the last
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.KeyValueStore;

public final class Aggregate {
  private static final String TOPIC = "events";
  private static final int EVENT_BYTES = 300;
  private static final AtomicLong seen = new AtomicLong();
  private static final AtomicLong firstAt = new AtomicLong();
  private static final AtomicLong lastAt = new AtomicLong();

  public static void main(String[] words) throws Exception {
    String bootstrap = words[0];
    long events = Long.parseLong(words[2]);
    if (words[1].equals("fill")) {
      fill(bootstrap, events, Integer.parseInt(words[3]), Integer.parseInt(words[4]));
    } else {
      aggregate(bootstrap, events, words[3], words[4]);
    }
  }

  private static void fill(String bootstrap, long events, int keys, int partitions) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, partitions, (short) 1))).all().get();
    }
    Properties settings = new Properties();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("linger.ms", "10");
    settings.put("batch.size", "262144");
    Random random = new Random(1);
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      for (long number = 0; number < events; ++number) {
        byte[] body = new byte[EVENT_BYTES];
        random.nextBytes(body);
        producer.send(new ProducerRecord<>(TOPIC, "product-" + random.nextInt(keys), body));
      }
    }
  }

  private static Topology topology(long events, CountDownLatch done) {
    StreamsBuilder builder = new StreamsBuilder();
    var stored = Materialized.<String, byte[], KeyValueStore<Bytes, byte[]>>as("products");
    builder.stream(TOPIC, Consumed.with(Serdes.String(), Serdes.ByteArray()))
        .groupByKey()
        .aggregate(
            () -> new byte[Long.BYTES],
            (key, body, row) -> {
              firstAt.compareAndSet(0, System.nanoTime());
              byte[] next = new byte[Long.BYTES + body.length];
              ByteBuffer.wrap(next).putLong(ByteBuffer.wrap(row).getLong() + 1).put(body);
              if (seen.incrementAndGet() == events) {
                lastAt.set(System.nanoTime());
                done.countDown();
              }
              return next;
            },
            stored.withKeySerde(Serdes.String()).withValueSerde(Serdes.ByteArray()));
    return builder.build();
  }

  private static void aggregate(String bootstrap, long events, String application, String folder) throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    Properties settings = new Properties();
    settings.put("application.id", application);
    settings.put("bootstrap.servers", bootstrap);
    settings.put("state.dir", folder);
    settings.put("num.stream.threads", "2");
    settings.put("auto.offset.reset", "earliest");
    try (KafkaStreams streams = new KafkaStreams(topology(events, done), settings)) {
      streams.start();
      if (!done.await(240, TimeUnit.SECONDS)) throw new IllegalStateException("only " + seen.get() + " events in 240 s");
    }
    System.out.printf("%.0f%n", events / ((lastAt.get() - firstAt.get()) / 1e9));
  }
}
