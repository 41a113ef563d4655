package dev.millrace.components.image;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.millrace.components.testing.Npy;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.plugins.jpeg.JPEGQTable;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** Small pictures, written by the JDK's own encoders. */
final class TestImages {
  private TestImages() {}

  /** A soft gradient with a few hard edges. */
  static BufferedImage picture(int width, int height, int type) {
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D g = image.createGraphics();
    for (int x = 0; x < width; x++) {
      g.setColor(new Color(255 * x / width, 120, 255 - 200 * x / width));
      g.fillRect(x, 0, 1, height);
    }
    g.setColor(new Color(250, 40, 30));
    g.fillOval(width / 5, height / 5, width / 3, height / 2);
    g.setColor(Color.BLACK);
    g.drawLine(0, 0, width, height);
    g.dispose();
    return image;
  }

  static byte[] jpeg(int width, int height) {
    return encode(picture(width, height, BufferedImage.TYPE_3BYTE_BGR), "jpeg", false);
  }

  static byte[] png(int width, int height) {
    return encode(picture(width, height, BufferedImage.TYPE_3BYTE_BGR), "png", false);
  }

  /** A JPEG of 3 x 2 whose EXIF has two tags: a resolution's unit, and this orientation. */
  static byte[] withOrientation(int orientation, ByteOrder order) {
    byte[] jpeg = jpeg(3, 2);
    ByteBuffer bytes = ByteBuffer.allocate(jpeg.length + 48).put(jpeg, 0, 2);
    bytes.putShort((short) 0xffe1).putShort((short) 46).put("Exif\0\0".getBytes(US_ASCII));
    bytes.put((order == ByteOrder.BIG_ENDIAN ? "MM" : "II").getBytes(US_ASCII)).order(order);
    bytes.putShort((short) 42).putInt(8).putShort((short) 2);
    bytes.putShort((short) 0x0128).putShort((short) 3).putInt(1).putInt(0);
    bytes.putShort((short) 0x0112).putShort((short) 3).putInt(1);
    bytes.putShort((short) orientation).putShort((short) 0).putInt(0);
    return bytes.put(jpeg, 2, jpeg.length - 2).array();
  }

  static byte[] encode(BufferedImage image, String format, boolean progressive) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (var out = ImageIO.createImageOutputStream(bytes)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      if (progressive) {
        param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      }
      if (format.equals("jpeg")) {
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        param.setCompressionQuality(0.9f);
      }
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), param);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /**
   * A colour JPEG whose luma has so many samples for one of chroma; its quantisation loses nothing.
   *
   * @param across 1 or 2
   * @param down 1 or 2
   */
  static byte[] jpeg(BufferedImage image, int across, int down) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (var out = ImageIO.createImageOutputStream(bytes)) {
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(
              ImageTypeSpecifier.createFromRenderedImage(image), writer.getDefaultWriteParam());
      String format = metadata.getNativeMetadataFormatName();
      Node tree = metadata.getAsTree(format);
      NodeList components = ((IIOMetadataNode) tree).getElementsByTagName("componentSpec");
      ((IIOMetadataNode) components.item(0)).setAttribute("HsamplingFactor", "" + across);
      ((IIOMetadataNode) components.item(0)).setAttribute("VsamplingFactor", "" + down);
      int[] ones = new int[64];
      Arrays.fill(ones, 1);
      NodeList tables = ((IIOMetadataNode) tree).getElementsByTagName("dqtable");
      for (int i = 0; i < tables.getLength(); i++) {
        ((IIOMetadataNode) tables.item(i)).setUserObject(new JPEGQTable(ones));
      }
      metadata.setFromTree(format, tree);
      writer.setOutput(out);
      writer.write(metadata, new IIOImage(image, null, metadata), null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  static BufferedImage transposed(BufferedImage image) {
    BufferedImage other =
        new BufferedImage(image.getHeight(), image.getWidth(), BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        other.setRGB(y, x, image.getRGB(x, y));
      }
    }
    return other;
  }

  /** What the JDK makes of the bytes, without alpha. */
  static byte[] decodedByJdk(byte[] bytes) {
    try {
      return bgr(ImageIO.read(new ByteArrayInputStream(bytes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] bgr(BufferedImage image) {
    byte[] bgr = new byte[3 * image.getWidth() * image.getHeight()];
    int out = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        bgr[out++] = (byte) rgb;
        bgr[out++] = (byte) (rgb >> 8);
        bgr[out++] = (byte) (rgb >> 16);
      }
    }
    return bgr;
  }

  static double meanDifference(byte[] a, byte[] b) {
    if (a.length != b.length) {
      throw new AssertionError(a.length + " bytes against " + b.length);
    }
    long sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((a[i] & 0xff) - (b[i] & 0xff));
    }
    return (double) sum / a.length;
  }

  /** A frame of an array of uint8 (height, width, 3), blue first. */
  static Frame frame(Npy array) {
    byte[] bgr = new byte[array.data().capacity()];
    array.data().get(0, bgr);
    return new Frame((int) array.shape()[1], (int) array.shape()[0], bgr);
  }
}
