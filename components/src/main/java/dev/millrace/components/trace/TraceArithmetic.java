package dev.millrace.components.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrayAdapter;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/** The element-wise half of {@link TraceNDArray}: one method for each of DJL's, one node each. */
abstract class TraceArithmetic extends NDArrayAdapter {

  @SuppressWarnings("NullAway") // no alternative manager: operations that are not traced must fail
  TraceArithmetic(Trace trace, Shape shape, DataType type, String uid) {
    super(trace.manager(), null, shape, type, uid);
  }

  private TraceNDArray self() {
    return (TraceNDArray) this;
  }

  @Override
  public NDArray add(NDArray other) {
    return self().binary("Add", self().owner().own(other));
  }

  @Override
  public NDArray add(Number n) {
    return self().binary("Add", self().scalar(n));
  }

  @Override
  public NDArray sub(NDArray other) {
    return self().binary("Sub", self().owner().own(other));
  }

  @Override
  public NDArray sub(Number n) {
    return self().binary("Sub", self().scalar(n));
  }

  @Override
  public NDArray mul(NDArray other) {
    return self().binary("Mul", self().owner().own(other));
  }

  @Override
  public NDArray mul(Number n) {
    return self().binary("Mul", self().scalar(n));
  }

  @Override
  public NDArray div(NDArray other) {
    return self().quotient(self().owner().own(other));
  }

  @Override
  public NDArray div(Number n) {
    return self().quotient(self().scalar(n));
  }

  @Override
  public NDArray pow(NDArray other) {
    return self().binary("Pow", self().owner().own(other));
  }

  @Override
  public NDArray pow(Number n) {
    return self().binary("Pow", self().scalar(n));
  }

  @Override
  public NDArray maximum(NDArray other) {
    return self().binary("Max", self().owner().own(other));
  }

  @Override
  public NDArray maximum(Number n) {
    return self().binary("Max", self().scalar(n));
  }

  @Override
  public NDArray minimum(NDArray other) {
    return self().binary("Min", self().owner().own(other));
  }

  @Override
  public NDArray minimum(Number n) {
    return self().binary("Min", self().scalar(n));
  }

  @Override
  public NDArray addi(NDArray other) {
    return add(other);
  }

  @Override
  public NDArray addi(Number n) {
    return add(n);
  }

  @Override
  public NDArray subi(NDArray other) {
    return sub(other);
  }

  @Override
  public NDArray subi(Number n) {
    return sub(n);
  }

  @Override
  public NDArray muli(NDArray other) {
    return mul(other);
  }

  @Override
  public NDArray muli(Number n) {
    return mul(n);
  }

  @Override
  public NDArray divi(NDArray other) {
    return div(other);
  }

  @Override
  public NDArray divi(Number n) {
    return div(n);
  }

  @Override
  public NDArray gt(NDArray other) {
    return self().compare("Greater", self().owner().own(other));
  }

  @Override
  public NDArray gt(Number n) {
    return self().compare("Greater", self().scalar(n));
  }

  @Override
  public NDArray gte(NDArray other) {
    return self().compare("GreaterOrEqual", self().owner().own(other));
  }

  @Override
  public NDArray gte(Number n) {
    return self().compare("GreaterOrEqual", self().scalar(n));
  }

  @Override
  public NDArray lt(NDArray other) {
    return self().compare("Less", self().owner().own(other));
  }

  @Override
  public NDArray lt(Number n) {
    return self().compare("Less", self().scalar(n));
  }

  @Override
  public NDArray lte(NDArray other) {
    return self().compare("LessOrEqual", self().owner().own(other));
  }

  @Override
  public NDArray lte(Number n) {
    return self().compare("LessOrEqual", self().scalar(n));
  }

  @Override
  public NDArray eq(NDArray other) {
    return self().compare("Equal", self().owner().own(other));
  }

  @Override
  public NDArray eq(Number n) {
    return self().compare("Equal", self().scalar(n));
  }

  @Override
  public NDArray neg() {
    return self().unary("Neg");
  }

  @Override
  public NDArray abs() {
    return self().unary("Abs");
  }

  @Override
  public NDArray exp() {
    return self().unary("Exp");
  }

  @Override
  public NDArray log() {
    return self().unary("Log");
  }

  @Override
  public NDArray sqrt() {
    return self().unary("Sqrt");
  }

  @Override
  public NDArray floor() {
    return self().unary("Floor");
  }

  @Override
  public NDArray ceil() {
    return self().unary("Ceil");
  }

  @Override
  public NDArray round() {
    return self().unary("Round");
  }

  @Override
  public NDArray tanh() {
    return self().unary("Tanh");
  }

  @Override
  public NDArray sin() {
    return self().unary("Sin");
  }

  @Override
  public NDArray cos() {
    return self().unary("Cos");
  }

  @Override
  public NDArray erf() {
    return self().unary("Erf");
  }

  @Override
  public NDArray sign() {
    return self().unary("Sign");
  }

  @Override
  public NDArray square() {
    return mul(this);
  }

  @Override
  public NDArray clip(Number min, Number max) {
    return maximum(min).minimum(max);
  }

  @Override
  public NDArray logicalAnd(NDArray n) {
    return self().compare("And", self().owner().own(n));
  }

  @Override
  public NDArray logicalOr(NDArray n) {
    return self().compare("Or", self().owner().own(n));
  }

  @Override
  public NDArray logicalNot() {
    return self().unary("Not");
  }
}
